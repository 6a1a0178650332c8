//! Arithmetic has Python's digits, to the last one: Python itself is asked.

#![allow(clippy::unwrap_used, reason = "a test may be plain, and may panic")]

mod oracle;

use oracle::ask_python;
use sweep_config::expr::Expression;
use sweep_config::fs;
use sweep_config::python::repr;

/// A generator of the same numbers everywhere (splitmix64).
struct NumberSource(u64);

impl NumberSource {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }

    #[expect(clippy::cast_possible_truncation, reason = "below the length of a list")]
    fn one_of<T: Copy, const N: usize>(&mut self, items: [T; N]) -> T {
        items[self.below(N as u64) as usize]
    }

    /// A float from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A positive float of one of many kinds: any bits, of usual size, around 1, short decimals, whole, with few binary digits.
    #[expect(clippy::cast_precision_loss, reason = "some are to be rounded")]
    fn positive(&mut self) -> f64 {
        match self.below(7) {
            0 => f64::from_bits(self.below(0x7ff0_0000_0000_0000)),
            1 => 10.0_f64.powf(self.unit() * 24.0 - 12.0),
            2 => 0.9 + 0.2 * self.unit(),
            3 => self.below(10_000) as f64 / self.one_of([8.0, 10.0, 100.0, 1000.0]),
            4 => self.below(1 << 20) as f64,
            5 => self.below(1 << 54) as f64 / (1_u64 << self.below(25)) as f64,
            _ => self.unit() * 100.0,
        }
    }

    /// A float that Python reads, in brackets if it is negative.
    fn float(&mut self) -> String {
        let sign = if self.below(3) == 0 { "-" } else { "" };
        format!("({sign}{:?})", self.positive())
    }

    fn positive_text(&mut self) -> String {
        format!("{:?}", self.positive())
    }

    /// A float up to some size, of either sign.
    fn within(&mut self, size: f64) -> String {
        format!("({:?})", (self.unit() * 2.0 - 1.0) * size)
    }

    /// A whole number of any size up to 63 bits, in brackets if it is negative.
    fn whole(&mut self) -> String {
        let bits = self.one_of([3, 5, 8, 20, 53, 54, 62, 63]);
        let number = self.below(1 << bits);
        if self.below(3) == 0 { format!("(-{number})") } else { number.to_string() }
    }

    fn small(&mut self, size: u64) -> String {
        format!("({})", self.below(2 * size + 1).cast_signed() - size.cast_signed())
    }

    fn number(&mut self) -> String {
        if self.below(2) == 0 { self.float() } else { self.whole() }
    }
}

/// A kind of expressions, which makes one of the numbers that it is given.
type ExprKind = (&'static str, fn(&mut NumberSource) -> String);

/// Kinds whose digits Python has from the C library.
const OF_THE_LIBRARY: [&str; 3] = ["exp", "log", "power"];

const KINDS: [ExprKind; 32] = [
    ("exp", |n| format!("exp({})", n.float())),
    ("exp of usual size", |n| format!("exp({})", n.within(20.0))),
    ("exp at the limits", |n| format!("exp({})", n.within(750.0))),
    ("log", |n| format!("log({})", n.positive_text())),
    ("log of a whole number", |n| format!("log({})", n.whole())),
    ("log to a base", |n| format!("log({}, {})", n.positive_text(), n.positive_text())),
    ("log2", |n| format!("log2({})", n.positive_text())),
    ("log10", |n| format!("log10({})", n.positive_text())),
    ("sqrt", |n| format!("sqrt({})", n.positive_text())),
    ("power of floats", |n| format!("{} ** {}", n.positive_text(), n.within(30.0))),
    ("power of any floats", |n| format!("{} ** {}", n.float(), n.float())),
    ("power at the limits", |n| format!("{} ** {}", n.within(1000.0), n.small(130))),
    ("power of whole numbers", |n| format!("{} ** {}", n.small(1000), n.small(40))),
    ("power of large whole numbers", |n| format!("{} ** {}", n.whole(), n.small(3))),
    ("power of ten", |n| format!("10 ** {}", n.small(330))),
    ("power of a whole number by a float", |n| format!("{} ** {}", n.whole(), n.within(20.0))),
    ("power of a float by a whole number", |n| format!("{} ** {}", n.float(), n.small(20))),
    ("//", |n| format!("{} // {}", n.number(), n.number())),
    ("%", |n| format!("{} % {}", n.number(), n.number())),
    ("// of small ones", |n| format!("{} // {}", n.small(50), n.within(9.0))),
    ("% of small ones", |n| format!("{} % {}", n.within(9.0), n.small(5))),
    ("/", |n| format!("{} / {}", n.number(), n.number())),
    ("* + -", |n| format!("{} * {} + {} - {}", n.float(), n.number(), n.number(), n.float())),
    ("round", |n| format!("[round({}), round({}.5)]", n.float(), n.below(99))),
    ("round to digits", |n| format!("round({}, {})", n.float(), n.small(20))),
    ("round a half", |n| format!("round({}.{}5, {})", n.below(99), n.below(999), n.below(5))),
    ("round whole numbers", |n| format!("round({}, {})", n.whole(), n.small(20))),
    ("whole parts", |n| format!("[int({0}), floor({0}), ceil({0}), abs({0})]", n.within(1e19))),
    ("min and max", |n| {
        format!("[min({0}, {1}), max([{0}, {1}, {2}])]", n.number(), n.number(), n.number())
    }),
    ("str", |n| {
        format!("str({0}) + str({1}) + str(float(str({0})) == {0} < {1})", n.float(), n.whole())
    }),
    ("comparisons", |n| {
        let (whole, float) = (n.whole(), n.float());
        format!(
            "[{whole} < float({whole}), {whole} == float({whole}), {whole} in [float({whole})], {whole} <= {float}]"
        )
    }),
    ("sum and prod", |n| {
        format!("[sum([{0}, {1}, {2}]), prod([{0}, {1}])]", n.float(), n.small(99), n.float())
    }),
];

/// Returns true if Python's C library is the one whose digits ours are, on a processor with a fused multiply-add.
fn has_the_same_library() -> bool {
    let library = ask_python(&["__import__('platform').libc_ver()[0]".to_owned()]).remove(0);
    let processor = fs::read_to_string("/proc/cpuinfo".as_ref()).unwrap_or_default();
    library == "ok 'glibc'" && processor.split_whitespace().any(|flag| flag == "fma")
}

/// Returns true if there is a whole number in a text that may have more than 64 bits.
fn has_large_number(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == 'e'))
        .any(|number| number.len() > 18 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Compares `count` expressions of each kind, and returns how many had a value.
fn compare(count: usize) -> usize {
    let same_library = has_the_same_library();
    let mut numbers = NumberSource(1);
    let mut values = 0;
    for (name, make) in KINDS {
        if !same_library && OF_THE_LIBRARY.iter().any(|kind| name.starts_with(kind)) {
            continue;
        }
        let texts: Vec<String> = (0..count).map(|_| make(&mut numbers)).collect();
        let answers = ask_python(&texts);
        assert_eq!(answers.len(), count);
        for (text, answer) in texts.iter().zip(answers) {
            let ours = Expression::parse(text).unwrap().eval(&|_| None);
            match (ours, answer.strip_prefix("ok ")) {
                (Ok(ours), Some(pythons)) => {
                    values += 1;
                    assert_eq!(repr(&ours), pythons, "{name}: {text}");
                }
                (Ok(ours), None) => panic!("{name}: {text}: {ours:?}, but Python: {answer}"),
                (Err(why), Some(pythons)) => assert!(
                    why.to_string().contains("64 bits") && has_large_number(pythons),
                    "{name}: {text}: `{why}`, but Python has {pythons}"
                ),
                (Err(_), None) => {}
            }
        }
    }
    values
}

#[test]
fn every_function_and_operator_has_python_s_digits() {
    let values = compare(150);
    assert!(values > 150 * 20 / 2, "{values}: most of the test is about errors");
}

#[test]
#[ignore = "3.2 million expressions take minutes"]
fn a_hundred_thousand_of_each_function_and_operator_have_python_s_digits() {
    assert!(compare(100_000) > 2_000_000);
}
