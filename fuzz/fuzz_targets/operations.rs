#![no_main]

libfuzzer_sys::fuzz_target!(|input: lehr_fuzz::operations::Operations| lehr_fuzz::operations::check(&input));
