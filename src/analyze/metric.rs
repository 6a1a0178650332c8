//! Metrics: pycls's shortcuts and dotted paths, and their value for every job.
//!
//! A metric has two values. The *natural* one is plotted: a learning rate of 0.01, on a logarithmic
//! axis. The one of *pycls* is what its filters are written in: -2, the logarithm.

use sweep_config::table::{EPOCH_IND, EPOCH_MAX, MIN};

use super::frame::{Column, Frame};

/// How a metric's value becomes one number.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    /// As it is.
    Plain,
    /// In a larger unit: divided by this.
    Per(f64),
    /// On a logarithmic axis; pycls's value is the logarithm to this base.
    Log(f64),
    /// A list, of which this is the sum.
    Sum,
    /// A list, of which this is the greatest.
    Max,
}

/// A shortcut: its name, the column it reads, the axis label, and the form.
type Shortcut = (&'static str, &'static str, &'static str, Form);

/// pycls's table (`metrics_info` in `pycls/sweep/analysis.py`); `@` marks what no column holds.
const SHORTCUTS: [Shortcut; 38] = [
    ("error", "test_ema_epoch.min_top1_err.min", "error (%)", Form::Plain),
    (
        "error_ema",
        "test_ema_epoch.min_top1_err.min",
        "error of the averaged weights (%)",
        Form::Plain,
    ),
    ("error_tst", "test_epoch.min_top1_err.min", "error without averaging (%)", Form::Plain),
    ("done", "@done", "fraction done", Form::Plain),
    ("epochs", "cfg.OPTIM.MAX_EPOCH", "epochs", Form::Plain),
    ("flops", "complexity.flops", "flops (B)", Form::Per(1e9)),
    ("params", "complexity.params", "parameters (M)", Form::Per(1e6)),
    ("acts", "complexity.acts", "activations (M)", Form::Per(1e6)),
    ("memory", "train_epoch.mem.max", "memory (GB)", Form::Per(1e3)),
    ("resolution", "cfg.TRAIN.IM_SIZE", "resolution", Form::Plain),
    (
        "epoch_fw_bw",
        "epoch_times.train_fw_bw_time",
        "forward and backward time of an epoch (s)",
        Form::Plain,
    ),
    ("epoch_time", "train_epoch.time_epoch.mean", "time of an epoch (s)", Form::Plain),
    ("batch_size", "cfg.TRAIN.BATCH_SIZE", "batch size", Form::Plain),
    ("regnet_depth", "cfg.REGNET.DEPTH", "depth", Form::Plain),
    ("regnet_w0", "cfg.REGNET.W0", "w0", Form::Plain),
    ("regnet_wa", "cfg.REGNET.WA", "wa", Form::Plain),
    ("regnet_wm", "cfg.REGNET.WM", "wm", Form::Plain),
    ("regnet_gw", "cfg.REGNET.GROUP_W", "group width", Form::Plain),
    ("regnet_bm", "cfg.REGNET.BOT_MUL", "bottleneck multiplier", Form::Plain),
    ("anynet_ds", "cfg.ANYNET.DEPTHS", "depths", Form::Plain),
    ("anynet_ws", "cfg.ANYNET.WIDTHS", "widths", Form::Plain),
    ("anynet_gs", "cfg.ANYNET.GROUP_WS", "group widths", Form::Plain),
    ("anynet_bs", "cfg.ANYNET.BOT_MULS", "bottleneck multipliers", Form::Plain),
    ("anynet_d", "cfg.ANYNET.DEPTHS", "depth", Form::Sum),
    ("anynet_w", "cfg.ANYNET.WIDTHS", "greatest width", Form::Max),
    ("anynet_g", "cfg.ANYNET.GROUP_WS", "greatest group width", Form::Max),
    ("anynet_b", "cfg.ANYNET.BOT_MULS", "greatest bottleneck multiplier", Form::Max),
    ("effnet_d", "cfg.EN.DEPTHS", "depth", Form::Sum),
    ("effnet_w", "cfg.EN.WIDTHS", "greatest width", Form::Max),
    ("lr", "cfg.OPTIM.BASE_LR", "learning rate", Form::Log(10.0)),
    ("min_lr", "cfg.OPTIM.MIN_LR", "least learning rate", Form::Plain),
    ("wd", "cfg.OPTIM.WEIGHT_DECAY", "weight decay", Form::Log(10.0)),
    ("lr_wd", "@lr_wd", "learning rate · weight decay", Form::Log(10.0)),
    ("bn_wd", "cfg.BN.CUSTOM_WEIGHT_DECAY", "weight decay of batch norm", Form::Log(10.0)),
    ("momentum", "cfg.OPTIM.MOMENTUM", "momentum", Form::Plain),
    ("ema_alpha", "cfg.OPTIM.EMA_ALPHA", "EMA alpha", Form::Log(10.0)),
    ("ema_beta", "cfg.OPTIM.EMA_BETA", "EMA beta", Form::Log(10.0)),
    ("ema_update", "cfg.OPTIM.EMA_UPDATE_PERIOD", "EMA update period", Form::Log(2.0)),
];

/// The spread from which a metric without a shortcut is shown on a logarithmic axis.
const LOG_SPREAD: f64 = 100.0;

/// How alike two names must be for one to be offered for the other.
const ALIKE: f64 = 0.6;

/// A metric and its value for every job of a frame; a NaN where a job has none.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// As the config names it.
    pub name: String,
    /// For an axis.
    pub label: String,
    /// Whether its axis is logarithmic.
    pub log: bool,
    /// The natural value of each job.
    pub values: Vec<f64>,
    base: f64,
}

impl Metric {
    /// The metric of that name.
    ///
    /// # Errors
    ///
    /// Why it has no numbers, in a sentence for the reader of the report.
    pub fn of(frame: &Frame, name: &str) -> Result<Self, String> {
        let shortcut = SHORTCUTS.iter().find(|shortcut| shortcut.0 == name);
        let (_, column, label, form) = shortcut.copied().unwrap_or(("", name, name, Form::Plain));
        let values = values(frame, column, form).map_err(|why| format!("`{name}`: {why}"))?;
        if values.iter().all(|v| v.is_nan()) {
            return Err(format!("`{name}`: no job has a number for it."));
        }
        let log = match form {
            Form::Log(_) => true,
            _ => shortcut.is_none() && spreads(&values),
        };
        let base = if let Form::Log(base) = form { base } else { 0.0 };
        Ok(Self { name: name.to_owned(), label: label.to_owned(), log, values, base })
    }

    /// The value in pycls's terms, in which filters are written.
    pub fn in_pyclss_terms(&self, row: usize) -> f64 {
        let value = self.values[row];
        if self.base > 0.0 { value.ln() / self.base.ln() } else { value }
    }
}

fn spreads(values: &[f64]) -> bool {
    let known = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(0.0, f64::max));
    low > 0.0 && high >= LOG_SPREAD * low
}

fn values(frame: &Frame, column: &str, form: Form) -> Result<Vec<f64>, String> {
    match column {
        "@done" => return Ok(ratio(&frame.numbers(EPOCH_IND), &frame.numbers(EPOCH_MAX))),
        "@lr_wd" => {
            let lr = numbers(frame, "cfg.OPTIM.BASE_LR")?;
            let wd = numbers(frame, "cfg.OPTIM.WEIGHT_DECAY")?;
            return Ok(lr.iter().zip(&wd).map(|(lr, wd)| lr * wd).collect());
        }
        _ => {}
    }
    Ok(match form {
        Form::Sum => list(frame, column, |items| items.iter().sum())?,
        Form::Max => list(frame, column, |items| items.iter().copied().fold(f64::NAN, f64::max))?,
        Form::Per(unit) => numbers(frame, column)?.into_iter().map(|v| v / unit).collect(),
        Form::Plain | Form::Log(_) => numbers(frame, column)?,
    })
}

fn ratio(over: &[f64], under: &[f64]) -> Vec<f64> {
    over.iter().zip(under).map(|(a, b)| a / b).collect()
}

fn numbers(frame: &Frame, column: &str) -> Result<Vec<f64>, String> {
    match frame.column(column) {
        Some(Column::Numbers(numbers)) => Ok(numbers),
        Some(Column::Texts(_)) => {
            Err("it is text or a list, and only numbers can be plotted.".to_owned())
        }
        None => Err(missing(frame, column)),
    }
}

/// A number from each list; a single number counts as a list of one.
fn list(frame: &Frame, column: &str, reduce: impl Fn(&[f64]) -> f64) -> Result<Vec<f64>, String> {
    match frame.column(column) {
        Some(Column::Numbers(numbers)) => Ok(numbers),
        Some(Column::Texts(texts)) => {
            let of = |text: Option<String>| serde_json::from_str::<Vec<f64>>(&text?).ok();
            Ok(texts
                .into_iter()
                .map(|text| of(text).map_or(f64::NAN, |items| reduce(&items)))
                .collect())
        }
        None => Err(missing(frame, column)),
    }
}

fn missing(frame: &Frame, column: &str) -> String {
    let shortcuts = SHORTCUTS.iter().map(|shortcut| shortcut.0);
    let candidates = frame.names().into_iter().chain(shortcuts);
    let near = candidates
        .map(|name| (strsim::normalized_damerau_levenshtein(column, name), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((_, near)) => {
            format!("no job logged it or has it in its config. Did you mean `{near}`?")
        }
        None => "no job logged it or has it in its config.".to_owned(),
    }
}

/// The error that jobs are ranked by, and in words what it is.
///
/// pycls's is the least test error of the averaged weights. Programs that do not average weights
/// have the plain one.
pub fn error(frame: &Frame) -> Option<(Vec<f64>, &'static str)> {
    let of = |column: String| match frame.column(&column) {
        Some(Column::Numbers(numbers)) if numbers.iter().any(|n| n.is_finite()) => Some(numbers),
        _ => None,
    };
    let (ema, plain) = ("least test error of the averaged weights", "least test error");
    of(format!("test_ema_epoch.min_top1_err{MIN}"))
        .map(|numbers| (numbers, ema))
        .or_else(|| Some((of(format!("test_epoch.min_top1_err{MIN}"))?, plain)))
        .or_else(|| Some((of(format!("test_epoch.top1_err{MIN}"))?, plain)))
}
