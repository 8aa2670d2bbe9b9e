//! The text: The Devil's Dictionary, as numbers, in windows.

use std::io::Read;

use candle_core::{Device, Tensor};

use crate::{CONTEXT, Result};

/// The characters of the text as numbers: the first nine tenths to learn, the rest to be evaluated on.
pub(crate) struct Text {
    pub(crate) learnt: Vec<u32>,
    pub(crate) held_out: Vec<u32>,
    pub(crate) characters: usize,
}

impl Text {
    pub(crate) fn load() -> Result<Self> {
        let mut text = String::new();
        let packed = &include_bytes!("../../../../data/devils-dictionary.txt.gz")[..];
        flate2::read::GzDecoder::new(packed).read_to_string(&mut text)?;
        let mut alphabet: Vec<char> = text.chars().collect();
        alphabet.sort_unstable();
        alphabet.dedup();
        let number = |character| alphabet.binary_search(&character).unwrap_or_default() as u32;
        let mut learnt: Vec<u32> = text.chars().map(number).collect();
        let held_out = learnt.split_off(learnt.len() / 10 * 9);
        Ok(Self { learnt, held_out, characters: alphabet.len() })
    }
}

/// How many windows a text has: each is `CONTEXT` characters and the one that follows them.
pub(crate) fn window_count(text: &[u32]) -> usize {
    (text.len() - 1) / CONTEXT
}

/// The windows at these places: what is read, and what is to be said after each character.
pub(crate) fn windows(text: &[u32], places: &[usize]) -> candle_core::Result<(Tensor, Tensor)> {
    let of = |shift: usize| {
        let start = |place: &usize| place * CONTEXT + shift;
        let characters = places.iter().flat_map(|place| &text[start(place)..start(place) + CONTEXT]);
        Tensor::from_iter(characters.copied(), &Device::Cpu)?.reshape((places.len(), CONTEXT))
    };
    Ok((of(0)?, of(1)?))
}
