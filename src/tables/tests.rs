//! Tables of several writers, whole and damaged.

use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type as SchemaType;
use proptest::prelude::*;

use super::parquet_file::ParquetFile;
use super::{PlainColumn, ScalarValue, SharedValue};
use crate::app::Failure;

/// The rows of a row group.
const GROUP: usize = 300;

/// A table of 600 rows: numbers, numbers of which the last one differs, texts that every other row has,
/// truth values, numbers that are none, and an infinity in each group.
fn table(properties: &WriterProperties) -> Vec<u8> {
    let column = |name: &str, kind, logical| {
        let column = SchemaType::primitive_type_builder(name, kind)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        Arc::new(column.build().unwrap())
    };
    let columns = vec![
        column("number", PhysicalType::DOUBLE, None),
        column("late", PhysicalType::INT64, None),
        column("same", PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
        column("on", PhysicalType::BOOLEAN, None),
        column("nan", PhysicalType::DOUBLE, None),
        column("infinite", PhysicalType::DOUBLE, None),
    ];
    let schema = SchemaType::group_type_builder("rows").with_fields(columns).build().unwrap();
    let properties = Arc::new(properties.clone());
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), properties).unwrap();
    for first in [0, GROUP] {
        let rows = first..first + GROUP;
        let numbers: Vec<f64> =
            rows.clone().map(|row| 0.1 * f64::from(u16::try_from(row).unwrap())).collect();
        let late: Vec<i64> = rows.clone().map(|row| i64::from(row == 599)).collect();
        let same = vec![ByteArray::from("x"); GROUP / 2];
        let levels: Vec<i16> = rows.map(|row| i16::from(row % 2 == 0)).collect();
        let all = [1; GROUP];
        let mut group = writer.next_row_group().unwrap();
        macro_rules! write {
            ($kind:ty, $values:expr, $levels:expr) => {
                let mut column = group.next_column().unwrap().unwrap();
                column.typed::<$kind>().write_batch($values, Some($levels), None).unwrap();
                column.close().unwrap();
            };
        }
        write!(DoubleType, &numbers, &all);
        write!(Int64Type, &late, &all);
        write!(ByteArrayType, &same, &levels);
        write!(BoolType, &[true; GROUP], &all);
        write!(DoubleType, &[f64::NAN; GROUP], &all);
        let mut infinite = [1.0; GROUP];
        infinite[7] = if first == 0 { f64::INFINITY } else { f64::NEG_INFINITY };
        write!(DoubleType, &infinite, &all);
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn open(bytes: &[u8]) -> Result<(tempfile::NamedTempFile, ParquetFile), Failure> {
    let file = tempfile::NamedTempFile::new().unwrap();
    sweep_config::fs::write_atomic(file.path(), bytes).unwrap();
    let table = ParquetFile::open(file.path())?;
    Ok((file, table))
}

/// The ways in which tables are written: by collect, and by others.
fn ways() -> [WriterProperties; 4] {
    let way = || WriterProperties::builder().set_compression(Compression::SNAPPY);
    let split = way().set_dictionary_enabled(false);
    let columns = ["number", "nan"].map(|name| vec![name.to_owned()].into());
    let split = columns.into_iter().fold(split, |split, column| {
        split.set_column_encoding(column, Encoding::BYTE_STREAM_SPLIT)
    });
    [
        way().build(),
        split.build(),
        way().set_writer_version(WriterVersion::PARQUET_2_0).build(),
        way().set_dictionary_enabled(false).set_data_page_row_count_limit(70).build(),
    ]
}

#[test]
fn values_are_read_as_they_were_written_whatever_their_encoding() {
    for way in ways() {
        let (_file, table) = open(&table(&way)).unwrap();
        let columns = table.read(&["number", "same", "on", "nan"], &(298..302)).unwrap();
        let numbers = [298, 299, 300, 301].map(|row| Some(0.1 * f64::from(row)));
        let texts = [Some("x".to_owned()), None, Some("x".to_owned()), None];
        assert_eq!(columns[0], PlainColumn::Numbers(numbers.to_vec()));
        assert_eq!(columns[1], PlainColumn::Texts(texts.to_vec()));
        assert_eq!(columns[2], PlainColumn::Numbers(vec![Some(1.0); 4]));
        assert_eq!(columns[3], PlainColumn::Numbers(vec![None; 4]));
        assert!(table.read(&["colour"], &(0..1)).is_err());
    }
}

#[test]
fn infinities_are_read_apart_from_the_numbers_that_they_are_not() {
    for properties in ways() {
        let (_kept, table) = open(&table(&properties)).unwrap();
        let found = table.infinities("infinite").unwrap();
        let found: Vec<(usize, f64)> =
            found.into_iter().enumerate().filter_map(|(row, value)| Some((row, value?))).collect();
        assert_eq!(found, [(7, f64::INFINITY), (GROUP + 7, f64::NEG_INFINITY)]);
        assert!(table.infinities("nan").unwrap().iter().all(Option::is_none));
        assert!(table.infinities("no such").is_err());
    }
}

#[test]
fn a_value_is_shared_if_all_rows_that_have_a_value_have_it() {
    for way in ways() {
        let (_file, table) = open(&table(&way)).unwrap();
        let found = table.shared_values(&["late", "same", "nan", "on"]);
        let [("same", same), ("on", on)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(same.value, ScalarValue::Text("x".to_owned()));
        assert_eq!(same.present.as_deref().unwrap()[..3], [true, false, true]);
        assert_eq!(*on, SharedValue { value: ScalarValue::Truth(true), present: None });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_damaged_file_is_read_or_refused_and_never_panics(
        way in 0usize..4,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let mut bytes = table(&ways()[way]);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let Ok((_file, table)) = open(&bytes) else { return Ok(()) };
        let names: Vec<&str> = table.names().collect();
        for name in &names {
            if let Ok(column) = table.read(&[name], &(0..table.rows().min(10_000))) {
                let [column] = column.as_slice() else { panic!("one column") };
                let rows = match column {
                    PlainColumn::Numbers(numbers) => numbers.len(),
                    PlainColumn::Texts(texts) => texts.len(),
                };
                prop_assert_eq!(rows, table.rows().min(10_000));
            }
        }
        table.shared_values(&names);
    }
}
