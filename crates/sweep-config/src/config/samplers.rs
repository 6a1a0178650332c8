//! `SETUP.SAMPLERS`: how each parameter is drawn.

use super::section::{Given, Section, as_whole};
use crate::Value;
use crate::yaml::NodeKind;

/// How long a sampled list may be, and all lists of a sampler that nests them together.
const LONGEST_LIST: usize = 100_000;

/// Draws one parameter (or, composite, several).
#[derive(Debug, Clone, PartialEq)]
pub enum Sampler {
    /// `value_sampler`: one of `VALUES`, each as likely.
    Value(Vec<Value>),
    /// `int_sampler` and `float_sampler`.
    Scalar(Law, Quantized),
    /// `list_sampler`: `LENGTH` items, each drawn on its own.
    List {
        /// How many items.
        length: usize,
        /// How each is drawn.
        item: Box<Sampler>,
    },
    /// `regnet_sampler`: the six parameters of a RegNet.
    Regnet(RegnetRanges),
}

/// The distribution of a scalar sampler (`RAND_TYPE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// `uniform`.
    Uniform,
    /// `log_uniform`.
    LogUniform,
    /// `power2_uniform`.
    Power2Uniform,
    /// `power2_or_log_uniform`.
    Power2OrLogUniform,
    /// `normal`.
    Normal,
    /// `log_normal`.
    LogNormal,
}

const LAWS: [(&str, Law); 6] = [
    ("uniform", Law::Uniform),
    ("log_uniform", Law::LogUniform),
    ("power2_uniform", Law::Power2Uniform),
    ("power2_or_log_uniform", Law::Power2OrLogUniform),
    ("normal", Law::Normal),
    ("log_normal", Law::LogNormal),
];

/// A closed range of multiples of a quantum: `RANGE` and `QUANTIZE` of a scalar sampler.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantized {
    /// Of an `int_sampler`.
    Int {
        /// The least value.
        low: i64,
        /// The greatest value.
        high: i64,
        /// Values are multiples of it.
        quantum: i64,
    },
    /// Of a `float_sampler`.
    Float {
        /// The least value.
        low: f64,
        /// The greatest value.
        high: f64,
        /// Values are multiples of it, in decimal.
        quantum: f64,
    },
}

/// The ranges of a `regnet_sampler`; its laws and quanta are fixed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegnetRanges {
    /// `DEPTH`: uniform, quantum 1.
    pub depth: (i64, i64),
    /// `W0`: log-uniform, quantum 8.
    pub w0: (i64, i64),
    /// `WA`: log-uniform, quantum 0.1.
    pub wa: (f64, f64),
    /// `WM`: log-uniform, quantum 0.001.
    pub wm: (f64, f64),
    /// `GROUP_W`: power of two or log-uniform, quantum 8.
    pub group_w: (i64, i64),
    /// `BOT_MUL`: power of two, quantum 1/128.
    pub bot_mul: (f64, f64),
}

#[derive(Clone, Copy)]
enum Kind {
    Value,
    Float,
    Int,
    List,
    Regnet,
}

const KINDS: [(&str, Kind); 5] = [
    ("value_sampler", Kind::Value),
    ("float_sampler", Kind::Float),
    ("int_sampler", Kind::Int),
    ("list_sampler", Kind::List),
    ("regnet_sampler", Kind::Regnet),
];

/// The sampler of a parameter; `None` after its problems were reported.
pub(super) fn decode(parameter: &str, given: &Given<'_>) -> Option<Sampler> {
    sampler(parameter, given, LONGEST_LIST)
}

fn sampler(parameter: &str, given: &Given<'_>, longest: usize) -> Option<Sampler> {
    let section = given.section();
    given.node.entries()?;
    let kind = section.required("TYPE", "it says how to sample, e.g. `float_sampler`")?;
    let sampler = match kind.one_of(&KINDS)? {
        Kind::Value => values(&section),
        Kind::Float => float(&section),
        Kind::Int => int(&section),
        Kind::List => list(parameter, &section, longest),
        Kind::Regnet => regnet(parameter, &section, given),
    };
    section.finish();
    sampler
}

fn values(section: &Section<'_>) -> Option<Sampler> {
    let given = section.required("VALUES", "a value_sampler draws one of them")?;
    let items = given.list("a list of values")?;
    if items.is_empty() {
        given.problem("holds no value to draw", None);
        return None;
    }
    Some(Sampler::Value(items.iter().map(|item| item.node.to_value()).collect()))
}

fn list(parameter: &str, section: &Section<'_>, longest: usize) -> Option<Sampler> {
    let length: Option<usize> =
        section.required("LENGTH", "how many items to draw").and_then(|given| {
            let length = given.whole(0)?;
            if length > longest {
                given.problem(format!("is more than {longest} items in all"), None);
                return None;
            }
            Some(length)
        });
    let item = section.required("ITEM_SAMPLER", "how to draw an item")?;
    let is_regnet = matches!(&item.node.kind, NodeKind::Map(entries)
        if entries.iter().any(|e| e.key == "TYPE" && e.node.to_value() == Value::Str("regnet_sampler".into())));
    if is_regnet {
        item.problem("a regnet_sampler sets six parameters and cannot be an item", None);
        return None;
    }
    let longest = longest / length.unwrap_or(1).max(1);
    let item = sampler(parameter, &item, longest)?;
    Some(Sampler::List { length: length?, item: Box::new(item) })
}

fn int(section: &Section<'_>) -> Option<Sampler> {
    let law = section.one_of("RAND_TYPE", &LAWS, Law::Uniform);
    let quantum = section.whole("QUANTIZE", 1, 1_i64);
    let range = section.required("RANGE", "the closed range [LOW, HIGH] to draw from")?;
    let (low, high) = whole_pair(&range)?;
    check(&range, law, &Decimals { low: low.into(), high: high.into(), quantum: quantum.into() })?;
    Some(Sampler::Scalar(law, Quantized::Int { low, high, quantum }))
}

fn whole_pair(range: &Given<'_>) -> Option<(i64, i64)> {
    let [low, high] = range.pair()?;
    let whole = |given: &Given<'_>| {
        let number = match &given.node.kind {
            NodeKind::Scalar(value) => as_whole(value),
            _ => None,
        };
        if number.is_none() {
            given.expected("a whole number");
        }
        number
    };
    let (low, high) = (whole(&low), whole(&high));
    Some((low?, high?))
}

fn float(section: &Section<'_>) -> Option<Sampler> {
    let law = section.one_of("RAND_TYPE", &LAWS, Law::Uniform);
    let quantum = section.get("QUANTIZE").map_or(Some(0.00001), |given| positive(&given));
    let range = section.required("RANGE", "the closed range [LOW, HIGH] to draw from")?;
    let (low, high) = number_pair(&range)?;
    let quantum = quantum?;
    check(&range, law, &Decimals::of_floats(low, high, quantum))?;
    Some(Sampler::Scalar(law, Quantized::Float { low, high, quantum }))
}

fn positive(given: &Given<'_>) -> Option<f64> {
    let number = given.number()?;
    if number <= 0.0 {
        given.problem(format!("must be above 0, found `{number}`"), None);
        return None;
    }
    Some(number)
}

fn number_pair(range: &Given<'_>) -> Option<(f64, f64)> {
    let [low, high] = range.pair()?;
    let (low, high) = (low.number(), high.number());
    Some((low?, high?))
}

fn regnet(parameter: &str, section: &Section<'_>, given: &Given<'_>) -> Option<Sampler> {
    if parameter != "REGNET" {
        let hint =
            "give it the key `REGNET`: it sets REGNET.DEPTH, W0, WA, WM, GROUP_W and BOT_MUL";
        given.problem("a regnet_sampler samples no single parameter", Some(hint.to_owned()));
        return None;
    }
    let whole = |key, default, law, quantum: i64| {
        let Some(range) = section.get(key) else { return Some(default) };
        let (low, high) = whole_pair(&range)?;
        let decimals = Decimals { low: low.into(), high: high.into(), quantum: quantum.into() };
        check(&range, law, &decimals)?;
        Some((low, high))
    };
    let number = |key, default, law, quantum| {
        let Some(range) = section.get(key) else { return Some(default) };
        let (low, high) = number_pair(&range)?;
        check(&range, law, &Decimals::of_floats(low, high, quantum))?;
        Some((low, high))
    };
    let depth = whole("DEPTH", (12, 28), Law::Uniform, 1);
    let w0 = whole("W0", (8, 256), Law::LogUniform, 8);
    let wa = number("WA", (8.0, 256.0), Law::LogUniform, 0.1);
    let wm = number("WM", (2.0, 3.0), Law::LogUniform, 0.001);
    let group_w = whole("GROUP_W", (8, 128), Law::Power2OrLogUniform, 8);
    let bot_mul = number("BOT_MUL", (1.0, 1.0), Law::Power2Uniform, 1.0 / 128.0);
    Some(Sampler::Regnet(RegnetRanges {
        depth: depth?,
        w0: w0?,
        wa: wa?,
        wm: wm?,
        group_w: group_w?,
        bot_mul: bot_mul?,
    }))
}

/// Numbers as they are spelt: whether one is a multiple of another is a question about decimals.
struct Decimals {
    low: Decimal,
    high: Decimal,
    quantum: Decimal,
}

impl Decimals {
    fn of_floats(low: f64, high: f64, quantum: f64) -> Self {
        Self { low: low.into(), high: high.into(), quantum: quantum.into() }
    }
}

/// `digits * 10^exponent`, and the float nearest to it.
struct Decimal {
    digits: i128,
    exponent: i32,
    float: f64,
    spelt: String,
}

impl From<i64> for Decimal {
    #[expect(clippy::cast_precision_loss, reason = "for comparisons with 0 and powers of two")]
    fn from(i: i64) -> Self {
        Self { digits: i.into(), exponent: 0, float: i as f64, spelt: i.to_string() }
    }
}

impl From<f64> for Decimal {
    /// The shortest decimal that reads back as the float: what the user wrote.
    fn from(float: f64) -> Self {
        let spelt = format!("{float:e}");
        let (mantissa, exponent) = spelt.split_once('e').unwrap_or((&spelt, "0"));
        let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let places = i32::try_from(places).unwrap_or(0);
        let digits = mantissa.replace('.', "").parse().unwrap_or(0);
        Self { digits, exponent: exponent - places, float, spelt: format!("{float:?}") }
    }
}

impl Decimal {
    /// True if and only if it is a whole multiple of `quantum`.
    fn is_multiple_of(&self, quantum: &Self) -> bool {
        if self.digits == 0 {
            return true;
        }
        let shift = self.exponent - quantum.exponent;
        let scale = |digits: i128, power: i32| {
            u32::try_from(power)
                .ok()
                .and_then(|p| 10_i128.checked_pow(p))
                .and_then(|s| digits.checked_mul(s))
        };
        let scaled = if shift >= 0 {
            scale(self.digits, shift).map(|digits| (digits, quantum.digits))
        } else {
            scale(quantum.digits, -shift).map(|quantum| (self.digits, quantum))
        };
        scaled.is_some_and(|(digits, quantum)| digits % quantum == 0)
    }

    fn is_power_of_two(&self) -> bool {
        self.float > 0.0 && self.float.log2().fract() == 0.0
    }
}

/// Checks a range against the rules of its law (pycls's `validate_rand`), one message a rule.
fn check(range: &Given<'_>, law: Law, decimals: &Decimals) -> Option<()> {
    let Decimals { low, high, quantum } = decimals;
    let name = LAWS.iter().find(|(_, l)| *l == law).map_or("", |(name, _)| name);
    let complain = |message: String| {
        range.problem(message, None);
        None
    };
    if low.float > high.float {
        return complain(format!("LOW {} is above HIGH {}", low.spelt, high.spelt));
    }
    if low.float <= 0.0 && !matches!(law, Law::Uniform | Law::Normal) {
        return complain(format!("{name} draws numbers above 0, but LOW is {}", low.spelt));
    }
    if matches!(law, Law::Power2Uniform | Law::Power2OrLogUniform) {
        let odd = [low, high, quantum].into_iter().find(|number| !number.is_power_of_two());
        if let Some(number) = odd {
            return complain(format!(
                "{name} wants LOW, HIGH and QUANTIZE to be powers of two; {} is none",
                number.spelt
            ));
        }
    }
    if law == Law::Power2OrLogUniform {
        return Some(());
    }
    let odd = [("LOW", low), ("HIGH", high)].into_iter().find(|(_, n)| !n.is_multiple_of(quantum));
    if let Some((which, number)) = odd {
        let quantum = &quantum.spelt;
        return complain(format!("{which} {} is no multiple of QUANTIZE {quantum}", number.spelt));
    }
    Some(())
}
