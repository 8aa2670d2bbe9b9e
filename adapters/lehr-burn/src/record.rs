//! What a scheduler saves: Burn's records hold numbers alone, so a plan's text is written as eight bytes a number.

use burn::lr_scheduler::LrSchedulerRecord;

/// The version that is written. Older ones are read.
pub(crate) const VERSION: u64 = 1;

/// Adds a text.
pub(crate) fn with_text(record: LrSchedulerRecord, key: &str, text: &str) -> LrSchedulerRecord {
    let record = record.with_scalar(&format!("{key}.bytes"), text.len() as u64);
    text.as_bytes().chunks(8).enumerate().fold(record, |record, (index, chunk)| {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        record.with_scalar(&format!("{key}.{index}"), u64::from_le_bytes(bytes))
    })
}

/// Reads a text; `None` if there is none, or a damaged one.
pub(crate) fn text(record: &LrSchedulerRecord, key: &str) -> Option<String> {
    let length = usize::try_from(record.scalar::<u64>(&format!("{key}.bytes"))?).ok()?;
    let mut bytes = Vec::new();
    while bytes.len() < length {
        let chunk: u64 = record.scalar(&format!("{key}.{}", bytes.len() / 8))?;
        bytes.extend(chunk.to_le_bytes());
    }
    bytes.truncate(length);
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_any_length_comes_back() {
        for length in 0..20 {
            let written: String = "cosine(to=µ) -> hold".chars().take(length).collect();
            let record = with_text(LrSchedulerRecord::new(), "plan", &written);
            assert_eq!(text(&record, "plan"), Some(written));
        }
        assert_eq!(text(&LrSchedulerRecord::new(), "plan"), None);
        let cut = LrSchedulerRecord::new().with_scalar("plan.bytes", 9u64).with_scalar("plan.0", 0u64);
        assert_eq!(text(&cut, "plan"), None);
    }
}
