use super::*;
#[test]
fn show() {
    for entry in std::fs::read_dir("tests/fixtures/stderr").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "log") {
            eprintln!("{:?}\n   {:?}", path.file_name().unwrap(), cause(&std::fs::read_to_string(&path).unwrap()));
        }
    }
}
