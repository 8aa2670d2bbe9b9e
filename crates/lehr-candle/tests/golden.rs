//! Every update against torch's: values, moments and counts.
//!
//! `tests/golden/optimizers.csv` is written by `tools/golden/optimizers.py`, which runs torch and nothing of ours. 48
//! updates of `AdamW` and of `Sgd`, each in f64 and f32, with three groups whose hyperparameters change between updates,
//! gradients that are missing, and updates of two backward passes. This test replays them through the public API:
//! `ParamGroups::set`, `backward`, `step`, `zero_grad`.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{DType, Device, Tensor, Var};
use lehr::{Field, ParamGroups};
use lehr_candle::{AdamW, AdamWParams, Algorithm, Optimizer, Sgd, SgdParams};

/// How far from torch a case may be.
struct Tolerance {
    /// Of a variable's element, relative to that element.
    value: f64,
    /// Of a moment's element, relative to the largest one that this moment has had: an average that crosses 0 keeps the
    /// rounding errors of the numbers that it is the difference of.
    moment: f64,
}

/// Reached with torch 2.15.0 on AVX2: values 1.8e-16, moments 3.8e-16.
const F64: Tolerance = Tolerance { value: 1e-14, moment: 1e-14 };
/// Four times the distance from 1 to the next f32. Reached with torch 2.15.0 on AVX2: values equal to the last bit,
/// moments 1.2 times that distance.
const F32: Tolerance = Tolerance { value: 4.0 * 1.2e-7, moment: 4.0 * 1.2e-7 };

struct Row {
    update: usize,
    kind: String,
    group: String,
    name: String,
    item: String,
    numbers: Vec<f64>,
}

/// The rows of one case, in order. An f32 is read as f32 first: its text is the shortest that gives that f32.
fn rows(case: &str, dtype: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/optimizers.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.unwrap();
        if &record[0] != case || &record[1] != dtype {
            continue;
        }
        let kind = record[3].to_owned();
        let single = dtype == "f32" && kind != "field";
        let number = |text: &str| {
            if single { f64::from(text.parse::<f32>().unwrap()) } else { text.parse::<f64>().unwrap() }
        };
        rows.push(Row {
            update: record[2].parse().unwrap(),
            kind,
            group: record[4].to_owned(),
            name: record[5].to_owned(),
            item: record[6].to_owned(),
            numbers: record[7].split(' ').map(number).collect(),
        });
    }
    assert!(!rows.is_empty(), "{case} {dtype}");
    rows
}

fn numbers(tensor: &Tensor) -> Vec<f64> {
    tensor.flatten_all().unwrap().to_dtype(DType::F64).unwrap().to_vec1().unwrap()
}

/// The largest differences, relative to the element and to the largest element of a moment.
#[derive(Debug, Default)]
struct Worst {
    value: f64,
    moment: f64,
}

struct Replay<A> {
    optimizer: Optimizer<A>,
    vars: BTreeMap<String, Var>,
    dtype: DType,
    largest: HashMap<String, f64>,
    worst: Worst,
}

impl<A: Algorithm> Replay<A> {
    fn new(rows: &[Row], dtype: DType, params: impl Fn(&str) -> A) -> Self {
        let mut vars = BTreeMap::new();
        let mut groups: Vec<(String, Vec<(String, Var)>)> = Vec::new();
        for row in rows.iter().filter(|row| row.kind == "variable") {
            let dims: Vec<usize> =
                row.item.split('x').filter(|d| !d.is_empty()).map(|d| d.parse().unwrap()).collect();
            let value = Tensor::from_vec(row.numbers.clone(), dims, &Device::Cpu).unwrap();
            let var = Var::from_tensor(&value.to_dtype(dtype).unwrap()).unwrap();
            vars.insert(row.name.clone(), var.clone());
            match groups.last_mut() {
                Some((group, variables)) if *group == row.group => variables.push((row.name.clone(), var)),
                _ => groups.push((row.group.clone(), vec![(row.name.clone(), var)])),
            }
        }
        assert_eq!(groups.len(), 3);
        let mut builder = Optimizer::builder();
        for (group, variables) in groups {
            let params = params(&group);
            builder = builder.group(group, variables, params);
        }
        let optimizer = builder.build().unwrap();
        Self { optimizer, vars, dtype, largest: HashMap::new(), worst: Worst::default() }
    }

    /// One update: what is set, what comes back, what torch says came out of it.
    fn update(&mut self, rows: &[&Row]) {
        for row in rows.iter().filter(|row| row.kind == "field") {
            let groups = self.optimizer.group_count();
            let group =
                (0..groups).find(|group| self.optimizer.group_name(*group) == Some(&row.group)).unwrap();
            let field: Field = row.name.parse().unwrap();
            self.optimizer.set(group, &field, row.numbers[0]).unwrap();
            assert_eq!(
                self.optimizer.get(group, &field).map(f64::to_bits),
                Some(row.numbers[0].to_bits()),
                "{field}"
            );
        }
        self.optimizer.zero_grad();
        for row in rows.iter().filter(|row| row.kind == "grad") {
            let var = &self.vars[&row.name];
            let gradient = Tensor::from_vec(row.numbers.clone(), var.dims(), &Device::Cpu).unwrap();
            let gradient = gradient.to_dtype(self.dtype).unwrap();
            let loss = var.mul(&gradient).unwrap().sum_all().unwrap();
            self.optimizer.backward(&loss).unwrap();
        }
        self.optimizer.step().unwrap();

        let mut state = self.optimizer.state().unwrap();
        for row in rows {
            match row.kind.as_str() {
                "value" => {
                    let own = numbers(&self.vars[&row.name]);
                    assert_eq!(own.len(), row.numbers.len());
                    for (own, torch) in own.iter().zip(&row.numbers) {
                        let difference = (own - torch).abs() / torch.abs();
                        assert!(!difference.is_nan(), "{}: {own} {torch}", row.name);
                        self.worst.value = self.worst.value.max(difference);
                    }
                }
                "state" => {
                    let key = format!("variable.{}.{}", row.name, row.item);
                    let own = numbers(&state.remove(&key).unwrap_or_else(|| panic!("{key} {}", row.update)));
                    assert_eq!(own.len(), row.numbers.len());
                    if row.item == "step" {
                        assert_eq!(own, row.numbers, "{key}");
                        continue;
                    }
                    let largest = self.largest.entry(key).or_default();
                    for torch in &row.numbers {
                        *largest = largest.max(torch.abs());
                    }
                    for (own, torch) in own.iter().zip(&row.numbers) {
                        let difference = (own - torch).abs();
                        assert!(!difference.is_nan(), "{}: {own} {torch}", row.name);
                        if difference > 0.0 {
                            self.worst.moment = self.worst.moment.max(difference / *largest);
                        }
                    }
                }
                _ => {}
            }
        }
        // torch has no other moments either: a variable without gradients so far has none.
        let rest: Vec<&String> =
            state.keys().filter(|key| key.starts_with("variable.") && !key.ends_with("step")).collect();
        assert!(rest.is_empty(), "{rest:?}");
    }
}

fn compare<A: Algorithm>(
    case: &str,
    dtype: DType,
    tolerance: &Tolerance,
    params: impl Fn(&str, bool) -> A,
) -> Worst {
    let rows = rows(case, dtype.as_str());
    let switched = |group: &str| {
        rows.iter().any(|row| row.kind == "switch" && row.group == group && row.numbers == [1.0])
    };
    let mut replay = Replay::new(&rows, dtype, |group| params(group, switched(group)));
    let updates = rows.iter().map(|row| row.update).max().unwrap() + 1;
    assert_eq!(updates, 48);
    for update in 0..updates {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.update == update).collect();
        replay.update(&rows);
        let worst = &replay.worst;
        assert!(
            worst.value <= tolerance.value && worst.moment <= tolerance.moment,
            "{case} {dtype:?}, update {update}: {worst:?}"
        );
    }
    replay.worst
}

// The first update sets every field.
fn adamw(_group: &str, _switched: bool) -> AdamWParams {
    AdamWParams::default()
}

fn sgd(_group: &str, nesterov: bool) -> SgdParams {
    SgdParams { momentum: 0.5, nesterov, ..SgdParams::default() }
}

#[test]
fn adamw_in_f64_is_torchs() {
    println!("{:?}", compare("adamw", DType::F64, &F64, adamw));
}

#[test]
fn adamw_in_f32_is_torchs() {
    println!("{:?}", compare("adamw", DType::F32, &F32, adamw));
}

#[test]
fn sgd_in_f64_is_torchs() {
    println!("{:?}", compare("sgd", DType::F64, &F64, sgd));
}

#[test]
fn sgd_in_f32_is_torchs() {
    println!("{:?}", compare("sgd", DType::F32, &F32, sgd));
}

/// The defaults, from torch's documentation of 2.15.
#[test]
fn the_defaults_are_torchs() {
    let AdamWParams { lr, beta1, beta2, eps, weight_decay } = AdamWParams::default();
    assert_eq!((lr, beta1, beta2, eps, weight_decay), (1e-3, 0.9, 0.999, 1e-8, 1e-2));
    let SgdParams { lr, momentum, weight_decay, nesterov } = SgdParams::default();
    assert_eq!((lr, momentum, weight_decay, nesterov), (1e-3, 0.0, 0.0, false));
    let _: Option<(AdamW, Sgd)> = None;
}
