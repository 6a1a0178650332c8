//! The keys of a job config that describe a network: their paths, pycls's defaults and types.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use sweep_config::Value;

use super::defaults::defaults;
use super::literal::python_literal;

macro_rules! fields {
    ($($name:ident = $path:literal),+ $(,)?) => {
        /// A key that describes a network.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the path says what it is; pycls documents it")]
        pub enum ModelField { $($name),+ }

        impl ModelField {
            /// All keys, in the order of the enum.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Returns its dotted path in a job config.
            pub const fn path(self) -> &'static str {
                match self { $(Self::$name => $path),+ }
            }
        }
    };
}

fields! {
    ModelType = "MODEL.TYPE",
    ModelDepth = "MODEL.DEPTH",
    NumClasses = "MODEL.NUM_CLASSES",
    ScalingType = "MODEL.SCALING_TYPE",
    ScalingFactor = "MODEL.SCALING_FACTOR",
    TrainDataset = "TRAIN.DATASET",
    TrainImSize = "TRAIN.IM_SIZE",
    TestImSize = "TEST.IM_SIZE",
    AnyStemType = "ANYNET.STEM_TYPE",
    AnyStemW = "ANYNET.STEM_W",
    AnyBlockType = "ANYNET.BLOCK_TYPE",
    AnyDepths = "ANYNET.DEPTHS",
    AnyWidths = "ANYNET.WIDTHS",
    AnyStrides = "ANYNET.STRIDES",
    AnyBotMuls = "ANYNET.BOT_MULS",
    AnyGroupWs = "ANYNET.GROUP_WS",
    AnyHeadW = "ANYNET.HEAD_W",
    AnySeOn = "ANYNET.SE_ON",
    AnySeR = "ANYNET.SE_R",
    RegStemType = "REGNET.STEM_TYPE",
    RegStemW = "REGNET.STEM_W",
    RegBlockType = "REGNET.BLOCK_TYPE",
    RegStride = "REGNET.STRIDE",
    RegSeOn = "REGNET.SE_ON",
    RegSeR = "REGNET.SE_R",
    RegDepth = "REGNET.DEPTH",
    RegW0 = "REGNET.W0",
    RegWa = "REGNET.WA",
    RegWm = "REGNET.WM",
    RegGroupW = "REGNET.GROUP_W",
    RegBotMul = "REGNET.BOT_MUL",
    RegHeadW = "REGNET.HEAD_W",
    EnStemW = "EN.STEM_W",
    EnDepths = "EN.DEPTHS",
    EnWidths = "EN.WIDTHS",
    EnExpRatios = "EN.EXP_RATIOS",
    EnSeR = "EN.SE_R",
    EnStrides = "EN.STRIDES",
    EnKernels = "EN.KERNELS",
    EnHeadW = "EN.HEAD_W",
    TransFun = "RESNET.TRANS_FUN",
    NumGroups = "RESNET.NUM_GROUPS",
    WidthPerGroup = "RESNET.WIDTH_PER_GROUP",
    Stride1x1 = "RESNET.STRIDE_1X1",
    VitPatchSize = "VIT.PATCH_SIZE",
    VitStemType = "VIT.STEM_TYPE",
    VitKernels = "VIT.C_STEM_KERNELS",
    VitStrides = "VIT.C_STEM_STRIDES",
    VitDims = "VIT.C_STEM_DIMS",
    VitLayers = "VIT.NUM_LAYERS",
    VitHeads = "VIT.NUM_HEADS",
    VitHiddenDim = "VIT.HIDDEN_DIM",
    VitMlpDim = "VIT.MLP_DIM",
    VitClassifier = "VIT.CLASSIFIER_TYPE",
}

/// Why there is no network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelError {
    /// The key at fault, where it is one.
    pub field: Option<ModelField>,
    /// The reason, in words.
    pub why: Cow<'static, str>,
}

impl ModelError {
    #[cold]
    pub(super) fn new(why: impl Into<Cow<'static, str>>) -> Self {
        Self { field: None, why: why.into() }
    }

    /// Returns the error with the key that it comes from, unless it names one already.
    pub(super) fn at(self, field: ModelField) -> Self {
        Self { field: self.field.or(Some(field)), ..self }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "{}: {}", field.path(), self.why),
            None => f.write_str(&self.why),
        }
    }
}

impl std::error::Error for ModelError {}

impl ModelField {
    /// Returns an error that names this key.
    #[cold]
    pub fn error(self, why: impl Into<Cow<'static, str>>) -> ModelError {
        ModelError::new(why).at(self)
    }

    /// Returns pycls's default, which holds where the config does not have the key.
    pub fn default_value(self) -> &'static Value {
        static VALUES: LazyLock<Vec<Value>> = LazyLock::new(|| {
            let defaults = defaults();
            let value = |field: &ModelField| defaults.get_path(field.path()).cloned();
            ModelField::ALL.iter().map(|field| value(field).unwrap_or(Value::Null)).collect()
        });
        &VALUES[self as usize]
    }
}

/// A source of config values, as the families of networks read them.
///
/// Types are checked as pycls checks them (yacs): a text is read as the number or list that it
/// spells; apart from that a whole number does not stand for a fraction, nor the reverse.
pub trait ModelFields {
    /// Returns the value that the config has; `None` for the default.
    fn given(&self, field: ModelField) -> Option<&Value>;

    /// Returns the value of a key as a whole number.
    fn whole(&self, field: ModelField) -> Result<i64, ModelError> {
        match self.given(field).unwrap_or(field.default_value()) {
            Value::Int(number) => Ok(*number),
            other => match python_literal(other) {
                Some(Value::Int(number)) => Ok(number),
                _ => Err(wrong_type(field, other, "a whole number")),
            },
        }
    }

    /// Returns the value of a key as a number with a fraction.
    fn float(&self, field: ModelField) -> Result<f64, ModelError> {
        match self.given(field).unwrap_or(field.default_value()) {
            Value::Float(number) => Ok(*number),
            other => match python_literal(other) {
                Some(Value::Float(number)) => Ok(number),
                _ => Err(wrong_type(field, other, "a number with a fraction such as 10.0")),
            },
        }
    }

    /// Returns the value of a key as a truth value.
    fn flag(&self, field: ModelField) -> Result<bool, ModelError> {
        match self.given(field).unwrap_or(field.default_value()) {
            Value::Bool(flag) => Ok(*flag),
            other => match python_literal(other) {
                Some(Value::Bool(flag)) => Ok(flag),
                _ => Err(wrong_type(field, other, "true or false")),
            },
        }
    }

    /// Returns the value of a key as text.
    fn text(&self, field: ModelField) -> Result<Cow<'_, str>, ModelError> {
        match self.given(field).unwrap_or(field.default_value()) {
            Value::Str(text) => Ok(Cow::Borrowed(text)),
            other => Err(wrong_type(field, other, "text")),
        }
    }

    /// Returns the value of a key as a list; null is an empty one.
    fn list(&self, field: ModelField) -> Result<Cow<'_, [Value]>, ModelError> {
        match self.given(field).unwrap_or(field.default_value()) {
            Value::List(items) => Ok(Cow::Borrowed(items)),
            Value::Null => Ok(Cow::Borrowed(&[])),
            other => match python_literal(other) {
                Some(Value::List(items)) => Ok(Cow::Owned(items)),
                Some(Value::Null) => Ok(Cow::Borrowed(&[])),
                _ => Err(wrong_type(field, other, "a list")),
            },
        }
    }

    /// Returns the value of a key as a list of whole numbers.
    fn wholes(&self, field: ModelField) -> Result<Vec<i64>, ModelError> {
        let number = |value: &Value| match value {
            Value::Int(number) => Ok(*number),
            other => Err(wrong_type(field, other, "a list of whole numbers")),
        };
        self.list(field)?.iter().map(number).collect()
    }

    /// Returns the value of a key as a list of numbers.
    fn numbers(&self, field: ModelField) -> Result<Vec<f64>, ModelError> {
        let number = |value: &Value| {
            value.as_f64().ok_or_else(|| wrong_type(field, value, "a list of numbers"))
        };
        self.list(field)?.iter().map(number).collect()
    }
}

/// A complete job config as a source of values.
#[derive(Debug, Clone, Copy)]
pub struct WholeConfig<'a>(pub &'a Value);

impl ModelFields for WholeConfig<'_> {
    fn given(&self, field: ModelField) -> Option<&Value> {
        self.0.get_path(field.path())
    }
}

#[cold]
fn wrong_type(field: ModelField, value: &Value, expected: &str) -> ModelError {
    field.error(format!("expected {expected}, found {}", value.kind()))
}
