//! pycls's short names of metrics (`metrics_info` in its `pycls/sweep/analysis.py`).

use super::{ListReduction, Metric, MetricSource, ValueSpacing};

use ShortcutSource::{Column, Done, EmaGain, Error, Max, Product, Scaled, Sum};
use ValueSpacing::{Linear, Log2, Log10};

/// A [`MetricSource`] as a constant can have it.
#[derive(Clone, Copy)]
enum ShortcutSource {
    Column(&'static str),
    /// Divided by a unit.
    Scaled(&'static str, f64),
    Sum(&'static str),
    Max(&'static str),
    Product(&'static str, &'static str),
    Done,
    EmaGain,
    Error,
}

/// A short name, the label of an axis, how its values are spaced, and where they come from.
type MetricShortcut = (&'static str, &'static str, ValueSpacing, ShortcutSource);

const LR: &str = "cfg.OPTIM.BASE_LR";
const WD: &str = "cfg.OPTIM.WEIGHT_DECAY";

#[rustfmt::skip]
const SHORTCUTS: &[MetricShortcut] = &[
    ("error", "error", Linear, Error),
    ("error_ema", "error (EMA)", Linear, Column("test_ema_epoch.min_top1_err.min")),
    ("error_tst", "error (test)", Linear, Column("test_epoch.min_top1_err.min")),
    ("done", "fraction done", Linear, Done),
    ("aug.done", "fraction done", Linear, Done),
    ("aug.ema_gain", "gain by EMA", Linear, EmaGain),
    ("epochs", "epochs", Linear, Column("cfg.OPTIM.MAX_EPOCH")),
    ("flops", "flops (B)", Linear, Scaled("complexity.flops", 1e9)),
    ("params", "params (M)", Linear, Scaled("complexity.params", 1e6)),
    ("acts", "activations (M)", Linear, Scaled("complexity.acts", 1e6)),
    ("memory", "memory (GB)", Linear, Scaled("train_epoch.mem.max", 1e3)),
    ("resolution", "resolution", Linear, Column("cfg.TRAIN.IM_SIZE")),
    ("epoch_fw_bw", "epoch forward + backward time", Linear, Column("epoch_times.train_fw_bw_time")),
    ("epoch_time", "epoch total time", Linear, Column("train_epoch.time_epoch.mean")),
    ("batch_size", "batch size", Linear, Column("cfg.TRAIN.BATCH_SIZE")),
    ("regnet_depth", "depth", Linear, Column("cfg.REGNET.DEPTH")),
    ("regnet_w0", "w0", Linear, Column("cfg.REGNET.W0")),
    ("regnet_wa", "wa", Linear, Column("cfg.REGNET.WA")),
    ("regnet_wm", "wm", Linear, Column("cfg.REGNET.WM")),
    ("regnet_gw", "group width", Linear, Column("cfg.REGNET.GROUP_W")),
    ("regnet_bm", "bottleneck multiplier", Linear, Column("cfg.REGNET.BOT_MUL")),
    ("anynet_ds", "depths", Linear, Column("cfg.ANYNET.DEPTHS")),
    ("anynet_ws", "widths", Linear, Column("cfg.ANYNET.WIDTHS")),
    ("anynet_gs", "group widths", Linear, Column("cfg.ANYNET.GROUP_WS")),
    ("anynet_bs", "bottleneck multipliers", Linear, Column("cfg.ANYNET.BOT_MULS")),
    ("anynet_d", "total depth", Linear, Sum("cfg.ANYNET.DEPTHS")),
    ("anynet_w", "maximum width", Linear, Max("cfg.ANYNET.WIDTHS")),
    ("anynet_g", "maximum group width", Linear, Max("cfg.ANYNET.GROUP_WS")),
    ("anynet_b", "maximum bottleneck multiplier", Linear, Max("cfg.ANYNET.BOT_MULS")),
    ("effnet_ds", "depths", Linear, Column("cfg.EN.DEPTHS")),
    ("effnet_ws", "widths", Linear, Column("cfg.EN.WIDTHS")),
    ("effnet_ss", "strides", Linear, Column("cfg.EN.STRIDES")),
    ("effnet_bs", "expansion ratios", Linear, Column("cfg.EN.EXP_RATIOS")),
    ("effnet_d", "total depth", Linear, Sum("cfg.EN.DEPTHS")),
    ("effnet_w", "maximum width", Linear, Max("cfg.EN.WIDTHS")),
    ("lr", "learning rate", Log10, Column(LR)),
    ("min_lr", "minimum learning rate", Linear, Column("cfg.OPTIM.MIN_LR")),
    ("wd", "weight decay", Log10, Column(WD)),
    ("lr_wd", "learning rate × weight decay", Log10, Product(LR, WD)),
    ("aug.lr_wd", "learning rate × weight decay", Log10, Product(LR, WD)),
    ("bn_wd", "weight decay of batch norm", Log10, Column("cfg.BN.CUSTOM_WEIGHT_DECAY")),
    ("momentum", "momentum", Linear, Column("cfg.OPTIM.MOMENTUM")),
    ("ema_alpha", "EMA alpha", Log10, Column("cfg.OPTIM.EMA_ALPHA")),
    ("ema_beta", "EMA beta", Log10, Column("cfg.OPTIM.EMA_BETA")),
    ("ema_update", "EMA update period", Log2, Column("cfg.OPTIM.EMA_UPDATE_PERIOD")),
];

/// Returns the metric of a short name; `None` of any other name.
pub(super) fn find(name: &str) -> Option<Metric> {
    let &(_, label, spacing, of) = SHORTCUTS.iter().find(|row| row.0 == name)?;
    Some(Metric { name: name.to_owned(), label: label.to_owned(), spacing, source: of.into() })
}

/// Returns all short names.
pub(super) fn names<'a>() -> impl Iterator<Item = &'a str> {
    SHORTCUTS.iter().map(|row| row.0)
}

impl From<ShortcutSource> for MetricSource {
    fn from(of: ShortcutSource) -> Self {
        match of {
            Column(name) => Self::Column(name.to_owned(), 1.0),
            Scaled(name, unit) => Self::Column(name.to_owned(), unit),
            Sum(name) => Self::List(name.to_owned(), ListReduction::Sum),
            Max(name) => Self::List(name.to_owned(), ListReduction::Max),
            Product(a, b) => Self::Product(a, b),
            Done => Self::Done,
            EmaGain => Self::EmaGain,
            Error => Self::Error,
        }
    }
}
