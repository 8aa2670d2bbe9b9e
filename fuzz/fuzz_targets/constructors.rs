#![no_main]

libfuzzer_sys::fuzz_target!(|input: lehr_fuzz::constructors::Constructor| lehr_fuzz::constructors::check(
    &input
));
