//! Tests of the constraints on networks.

use super::*;

fn constraints(flops: Option<ClosedInterval>, num_stages: (u32, u32)) -> Constraints {
    Constraints {
        flops,
        params: None,
        acts: None,
        num_stages,
        conditions: Vec::new(),
        command: String::new(),
        command_timeout: 60,
    }
}

/// Judges a base config with nothing sampled.
fn judged(base: &Value, constraints: &Constraints) -> Result<CheckedNetwork, Rejection> {
    let checker = ConstraintChecker::new(constraints, &ParamList::default(), base).unwrap();
    let judged = checker.check(&[]);
    let (against, _) = checker.examine(&[]);
    assert_eq!(judged.as_ref().err(), against.first(), "both ways find the same");
    judged
}

fn regnet_with(entries: &[(&str, Value)]) -> Value {
    let mut base = Value::Map(Map::new());
    base.set_path("MODEL.TYPE", Value::Str("regnet".into()));
    for (path, value) in entries {
        base.set_path(path, value.clone());
    }
    base
}

#[test]
fn a_regnet_must_have_the_stages_asked_for() {
    // The best RegNet of pycls's cifar example: two stages.
    let base = regnet_with(&[
        ("REGNET.DEPTH", Value::Int(12)),
        ("REGNET.W0", Value::Int(96)),
        ("REGNET.WA", Value::Float(19.5)),
        ("REGNET.WM", Value::Float(2.942)),
    ]);
    let with = |num_stages| judged(&base, &constraints(None, num_stages)).map(|_| ());
    assert_eq!(with((2, 2)), Ok(()));
    assert_eq!(with((1, 4)), Ok(()));
    assert_eq!(with((4, 4)), Err(Rejection::Stages));
}

#[test]
fn a_stage_that_is_jumped_over_rejects_whatever_the_range() {
    let base = regnet_with(&[
        ("REGNET.DEPTH", Value::Int(4)),
        ("REGNET.W0", Value::Int(8)),
        ("REGNET.WA", Value::Float(100.0)),
        ("REGNET.WM", Value::Float(2.0)),
    ]);
    assert_eq!(judged(&base, &constraints(None, (1, 100))), Err(Rejection::Stages));
}

#[test]
fn what_the_base_config_does_not_give_is_as_in_pycls() {
    // pycls's defaults (10 blocks, 32 wide, slope 5, ratio 2.5) make two stages: 32 and 80.
    let network = judged(&regnet_with(&[]), &constraints(None, (2, 2))).unwrap();
    let widths = Value::List(vec![Value::Int(32), Value::Int(80)]);
    assert!(network.changes.contains(&(ModelField::AnyWidths, widths)), "{network:?}");
}

#[test]
fn other_models_have_no_stages_to_count() {
    let mut base = regnet_with(&[]);
    base.set_path("MODEL.TYPE", Value::Str("mlp".into()));
    assert_eq!(judged(&base, &constraints(None, (4, 4))), Ok(CheckedNetwork::default()));
    assert_eq!(judged(&Value::Null, &constraints(None, (4, 4))), Ok(CheckedNetwork::default()));
}

#[test]
fn a_parameter_that_makes_no_network_is_counted_under_its_name() {
    let faults = [
        ("REGNET.W0", Value::Int(12), ModelField::RegW0),
        ("REGNET.WM", Value::Float(1.0), ModelField::RegWm),
        ("REGNET.WA", Value::Str("wide".into()), ModelField::RegWa),
        ("REGNET.DEPTH", Value::Float(1.5), ModelField::RegDepth),
    ];
    for (path, value, field) in faults {
        let base = regnet_with(&[(path, value)]);
        let rejection = judged(&base, &constraints(None, (1, 4))).unwrap_err();
        assert_eq!((rejection, &*rejection.key()), (Rejection::Network(Some(field)), path));
    }
}

#[test]
fn limits_on_complexity_are_those_of_the_reference_at_their_borders() {
    let mut base = Value::Map(Map::new());
    base.set_path("MODEL.TYPE", Value::Str("anynet".into()));
    for (key, items) in [("DEPTHS", [1, 2]), ("WIDTHS", [32, 64]), ("STRIDES", [2, 2])] {
        let items = items.map(Value::Int).to_vec();
        base.set_path(&format!("ANYNET.{key}"), Value::List(items));
    }
    base.set_path("ANYNET.BOT_MULS", Value::List(vec![Value::Float(1.0); 2]));
    base.set_path("ANYNET.GROUP_WS", Value::List(vec![Value::Int(8); 2]));
    let with = |low, high| {
        judged(&base, &constraints(Some(ClosedInterval { low, high }), (4, 4))).map(|_| ())
    };
    let flops = 62_218_890.0;
    assert_eq!(with(flops, flops), Ok(()));
    assert_eq!(with(f64::NEG_INFINITY, flops), Ok(()));
    assert_eq!(with(f64::NEG_INFINITY, flops - 1.0), Err(Rejection::Limit(0)));
    assert_eq!(with(flops + 1.0, f64::INFINITY), Err(Rejection::Limit(0)));
}

#[test]
fn a_limit_on_a_complexity_that_is_not_known_is_refused_by_name() {
    let limits = constraints(Some(ClosedInterval { low: 0.0, high: 1e6 }), (4, 4));
    let text = ConstraintChecker::new(&limits, &ParamList::default(), &Value::Null)
        .unwrap_err()
        .to_string();
    assert!(text.contains("CX.FLOPS") && !text.contains("CX.PARAMS"), "{text}");
    assert!(text.contains("BASE_CFG has no MODEL.TYPE"), "{text}");
}
