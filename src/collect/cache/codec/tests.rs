use proptest::prelude::*;

use super::*;

fn bytes(value: &impl CacheCodec) -> Vec<u8> {
    let mut out = Vec::new();
    value.put(&mut out);
    out
}

fn back<T: CacheCodec>(bytes: &[u8]) -> Option<T> {
    let mut input = bytes;
    T::get(&mut input).filter(|_| input.is_empty())
}

fn log_value() -> impl Strategy<Value = LogValue> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        prop_oneof![any::<f64>(), Just(f64::NAN)].prop_map(Value::Float),
        ".*".prop_map(Value::Str),
    ];
    let value = leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            proptest::collection::vec((".*", inner), 0..4)
                .prop_map(|entries| Value::Map(entries.into_iter().collect())),
        ]
    });
    value.prop_map(LogValue::from)
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(data in proptest::collection::vec(log_value(), 0..6)) {
        let read: Vec<LogValue> = back(&bytes(&data)).unwrap();
        prop_assert_eq!(format!("{read:?}"), format!("{data:?}"));
    }

    #[test]
    fn whole_numbers_survive(a in any::<i64>(), b in any::<u64>(), c in any::<i32>()) {
        prop_assert_eq!(back(&bytes(&a)), Some(a));
        prop_assert_eq!(back(&bytes(&b)), Some(b));
        prop_assert_eq!(back(&bytes(&c)), Some(c));
    }

    #[test]
    fn damage_is_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = back::<Vec<LogValue>>(&bytes);
        let _ = back::<BTreeMap<String, Value>>(&bytes);
    }
}
