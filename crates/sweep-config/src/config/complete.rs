//! A sweep config with every key and every default, as it could have been written.

use std::path::Path;

use super::{
    BranchChoice, ChoiceBranch, ClosedInterval, DependentRange, Distribution, KeptValues,
    ListLength, LogFormat, LogReader, MappingSampler, MetricFilter, MetricFilters, ObjectiveConfig,
    PointSource, RangeBound, RangeQuantum, Sampler, ScalarRange, SlurmOptions, Sweep, TuneConfig,
    escape_variables, notation,
};
use crate::{Map, Value, yaml};

impl Sweep {
    /// The whole config as a mapping, in which each key has the value that is in force: loading it
    /// gives the same sweep. Text and mappings that a tag said are meant need the tag again.
    #[must_use]
    pub fn complete(&self) -> Value {
        map([
            ("ROOT_DIR", path(&self.root_dir)),
            ("NAME", text(&self.name)),
            ("DESC", text(&self.desc)),
            ("NUM_PROC", whole(self.num_proc)),
            ("SETUP", self.complete_setup()),
            ("LAUNCH", self.complete_launch()),
            ("COLLECT", self.complete_collect()),
            ("ANALYZE", self.complete_analyze()),
        ])
    }

    fn complete_setup(&self) -> Value {
        let setup = &self.setup;
        let limits = &setup.constraints;
        let (least, most) = limits.num_stages;
        let derived = setup.derived.iter().map(|(key, expr)| (key.clone(), text(expr.text())));
        let samplers = setup.samplers.iter().map(|(key, s)| (key.clone(), sampler(s)));
        map([
            ("STRATEGY", text(setup.strategy.name())),
            ("TUNE", self.complete_tune()),
            ("ZIP", Value::List(setup.zip.iter().map(|group| texts(group)).collect())),
            ("NUM_CONFIGS", setup.num_configs.map_or(Value::Null, whole)),
            ("NUM_SAMPLES", whole(setup.num_samples)),
            ("CHUNK_SIZE", whole(setup.chunk_size)),
            ("RNG_SEED", whole(setup.rng_seed)),
            ("BASE_CFG", setup.base_cfg.clone()),
            ("DEFAULTS", text(&setup.defaults)),
            ("ENTRYPOINTS", texts(&setup.entrypoints)),
            ("ENTRYPOINT_TIMEOUT", whole(setup.entrypoint_timeout)),
            ("REMOVE_DUPLICATES", Value::Bool(setup.remove_duplicates)),
            ("POINTS", Value::List(setup.points.iter().map(PointSource::to_value).collect())),
            ("REPLICATES", whole(setup.replicates)),
            ("SEED_KEY", text(&setup.seed_key)),
            ("TREE", setup.tree.as_ref().map_or(Value::Null, |tree| tree.source.clone())),
            ("SAMPLERS", Value::Map(samplers.collect())),
            ("DERIVED", Value::Map(derived.collect())),
            ("HELPERS", texts(&setup.helpers)),
            (
                "CONSTRAINTS",
                map([
                    (
                        "CX",
                        map([
                            ("FLOPS", bounds(limits.flops)),
                            ("PARAMS", bounds(limits.params)),
                            ("ACTS", bounds(limits.acts)),
                        ]),
                    ),
                    ("REGNET", map([("NUM_STAGES", Value::List(vec![whole(least), whole(most)]))])),
                    ("COMMAND", text(&limits.command)),
                    ("COMMAND_TIMEOUT", whole(limits.command_timeout)),
                    (
                        "WHERE",
                        Value::List(limits.conditions.iter().map(|e| text(e.text())).collect()),
                    ),
                ]),
            ),
        ])
    }

    fn complete_tune(&self) -> Value {
        let TuneConfig { startup, control, candidates, prior_sweeps } = &self.setup.tune;
        let priors = prior_sweeps.iter().map(|source| text(&escape_variables(&source.text)));
        map([
            ("STARTUP", whole(*startup)),
            ("CONTROL", Value::Float(*control)),
            ("CANDIDATES", whole(*candidates)),
            ("PRIOR_SWEEPS", Value::List(priors.collect())),
        ])
    }

    fn complete_launch(&self) -> Value {
        let launch = &self.launch;
        let variables = launch.env.iter().map(|(name, value)| (name.clone(), text(value)));
        let how = map([
            ("MODE", text(&launch.mode)),
            ("COMMAND", text(&launch.command)),
            ("EXECUTOR", text(launch.executor.name())),
            ("CODE_DIR", path(&launch.code_dir)),
            ("CODE_MAX_MB", whole(launch.code_max_mb)),
            ("PARALLEL_JOBS", whole(launch.parallel_jobs)),
            ("LOCAL_WORKERS", whole(launch.local_workers)),
            ("MAX_RETRY", whole(launch.max_retry)),
            ("MAX_REQUEUE", whole(launch.max_requeue)),
            ("MAX_SAME_FAILURES", whole(launch.max_same_failures)),
            ("TIME_LIMIT", whole(launch.time_limit.unwrap_or(0))),
            ("SIGNAL", text(&launch.signal)),
            ("SIGNAL_BEFORE", whole(launch.signal_before)),
            ("CONDA_ENV", text(&launch.conda_env)),
            ("MODULES", texts(&launch.modules)),
            ("ENV", Value::Map(variables.collect())),
            ("KEEP_ALIVE", Value::Bool(launch.keep_alive)),
            ("PRE_COMMANDS", texts(&launch.pre_commands)),
            ("MAX_GPU_HOURS", Value::Float(launch.max_gpu_hours)),
            ("JOBS_PER_TASK", whole(launch.packing.jobs_per_task)),
            ("PARALLEL_PER_TASK", whole(launch.packing.parallel)),
        ]);
        let (Value::Map(mut keys), Value::Map(slurm)) = (how, complete_slurm(&launch.slurm)) else {
            unreachable!("`map` gives mappings")
        };
        keys.extend(slurm);
        Value::Map(keys)
    }

    fn complete_collect(&self) -> Value {
        let collect = &self.collect;
        let fields = collect.fields.iter().map(|(from, to)| (from.clone(), text(to)));
        map([
            ("CHECKPOINTS_KEEP", text(collect.checkpoints_keep.name())),
            ("READERS", Value::List(collect.readers.iter().map(reader).collect())),
            ("FIELDS", Value::Map(fields.collect())),
        ])
    }

    fn complete_analyze(&self) -> Value {
        let analyze = &self.analyze;
        let splits = analyze.split_filters.iter().map(|(name, f)| (name.clone(), filters(f)));
        map([
            ("OBJECTIVE", Value::List(analyze.objectives.iter().map(objective).collect())),
            ("OVER_SEEDS", Value::Str(analyze.over_seeds.name().to_owned())),
            ("METRICS", texts(&analyze.metrics)),
            ("COMPLEXITY", texts(&analyze.complexity)),
            ("PLOT_METRIC_VALUES", Value::Bool(analyze.plot_metric_values)),
            ("PLOT_METRIC_TRENDS", Value::Bool(analyze.plot_metric_trends)),
            ("PLOT_COMPLEXITY_VALUES", Value::Bool(analyze.plot_complexity_values)),
            ("PLOT_COMPLEXITY_TRENDS", Value::Bool(analyze.plot_complexity_trends)),
            (
                "PLOT_METRIC_PAIRS",
                Value::List(analyze.plot_metric_pairs.iter().map(|p| texts(p)).collect()),
            ),
            ("PLOT_CURVES_BEST", whole(analyze.plot_curves_best)),
            ("PLOT_CURVES_WORST", whole(analyze.plot_curves_worst)),
            ("PLOT_MODELS_BEST", whole(analyze.plot_models_best)),
            ("PLOT_MODELS_WORST", whole(analyze.plot_models_worst)),
            ("PRE_FILTERS", filters(&analyze.pre_filters)),
            ("SPLIT_FILTERS", Value::Map(splits.collect())),
            ("COMPARE_BY", texts(&analyze.compare_by)),
            ("EXTRA_SWEEP_NAMES", texts(&analyze.extra_sweep_names)),
        ])
    }
}

fn reader(reader: &LogReader) -> Value {
    let mut keys = vec![
        ("READER", text(reader.format.name())),
        ("FILES", texts(&reader.files)),
        ("TYPE", text(&reader.kind)),
    ];
    if reader.format == LogFormat::Regex {
        keys.push(("PATTERN", text(&reader.pattern)));
    }
    let fields = [("EPOCH", &reader.epoch), ("STEP", &reader.step)];
    keys.extend(fields.into_iter().filter(|(_, f)| !f.is_empty()).map(|(key, f)| (key, text(f))));
    Value::Map(keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// The keys of `LAUNCH` that SLURM alone knows.
fn objective(objective: &ObjectiveConfig) -> Value {
    map([
        ("METRIC", text(&objective.metric)),
        ("GOAL", text(objective.goal.name())),
        ("OVER", text(objective.over.name())),
    ])
}

fn complete_slurm(slurm: &SlurmOptions) -> Value {
    let partition = match slurm.partitions.as_slice() {
        [one] => text(one),
        several => texts(several),
    };
    map([
        ("TEMPLATE", path(&slurm.template)),
        ("PARTITION", partition),
        ("COMMENT", text(&slurm.comment)),
        ("NUM_GPUS", whole(slurm.num_gpus)),
        ("CPUS_PER_GPU", whole(slurm.cpus_per_gpu.unwrap_or(0))),
        ("MEM_PER_GPU", whole(slurm.mem_per_gpu.unwrap_or(0))),
        ("MEM_FACTOR", Value::Float(slurm.mem_factor)),
        ("GPU_TYPE", text(&slurm.gpu_type)),
        ("CONSTRAINT", text(&slurm.constraint)),
        ("GRES", text(&slurm.gres)),
        ("ACCOUNT", text(&slurm.account)),
        ("QOS", text(&slurm.qos)),
        ("EXCLUDE", text(&slurm.exclude)),
        ("NODELIST", text(&slurm.nodelist)),
        ("RESERVATION", text(&slurm.reservation)),
        ("NODES", whole(slurm.nodes)),
        ("TASKS_PER_NODE", whole(slurm.tasks_per_node)),
        ("EXTRA", Value::List(slurm.extra.iter().map(|it| text(&escape_variables(it))).collect())),
        ("MAIL", text(&slurm.mail)),
        ("MAIL_TYPE", text(&slurm.mail_type)),
        ("MAX_SUBMIT", whole(slurm.max_submit)),
    ])
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map>())
}

fn text(text: &str) -> Value {
    Value::Str(text.to_owned())
}

fn texts(list: &[String]) -> Value {
    Value::List(list.iter().map(|item| text(item)).collect())
}

fn path(path: &Path) -> Value {
    text(&escape_variables(&path.to_string_lossy()))
}

/// Returns a whole number; no key takes one beyond 64 bits.
fn whole(number: impl TryInto<i64>) -> Value {
    Value::Int(number.try_into().unwrap_or(i64::MAX))
}

/// `[0, 0]` is off and an open side is 0, as pycls has it.
fn bounds(interval: Option<ClosedInterval>) -> Value {
    let side = |side: f64| Value::Float(if side.is_finite() { side } else { 0.0 });
    let (low, high) = interval.map_or((0.0, 0.0), |interval| (interval.low, interval.high));
    Value::List(vec![side(low), side(high)])
}

fn filters(filters: &MetricFilters) -> Value {
    let kept = |keep: &KeptValues| match keep {
        KeptValues::Range(ClosedInterval { low, high }) => {
            vec![Value::Float(*low), Value::Float(*high)]
        }
        KeptValues::Named(values) => values.clone(),
    };
    let filter = |filter: &MetricFilter| (filter.metric.clone(), Value::List(kept(&filter.keep)));
    Value::Map(filters.iter().map(filter).collect())
}

impl Sampler {
    /// Returns the sampler as it stands under `SAMPLERS`, on one line and in its short form where it has one.
    #[must_use]
    pub fn shown(&self) -> String {
        yaml::flow(&notation::shorten(&sampler(self)))
    }
}

fn sampler(sampler: &Sampler) -> Value {
    match sampler {
        Sampler::Value(values) => {
            map([("TYPE", text("value_sampler")), ("VALUES", Value::List(values.clone()))])
        }
        Sampler::Scalar(distribution, quantized) => scalar(*distribution, *quantized),
        // It stands in a TREE, which is written as it was.
        Sampler::Law(law) => text(&format!("{law:?}")),
        Sampler::Weighted(weighted) => map([
            ("TYPE", text("value_sampler")),
            ("VALUES", Value::List(weighted.values.clone())),
            ("WEIGHTS", weights(&weighted.probabilities)),
        ]),
        Sampler::List { length, item } => map([
            ("TYPE", text("list_sampler")),
            ("LENGTH", self::length(length)),
            ("ITEM_SAMPLER", self::sampler(item)),
        ]),
        Sampler::Ranged(ranged) => self::ranged(ranged),
        Sampler::Choice(choice) => self::choice(choice),
        Sampler::Mapping(MappingSampler { key, choice }) => {
            let mut keys = self::choice(choice);
            if let Some(key) = key {
                keys.set_path("KEY", text(key));
            }
            keys
        }
        Sampler::Conditional(conditional) => {
            let mut keys = self::sampler(&conditional.sampler);
            keys.set_path("WHEN", text(conditional.condition.text()));
            keys
        }
        Sampler::Derived(expr) => text(expr.text()),
        Sampler::Regnet(ranges) => map([
            ("TYPE", text("regnet_sampler")),
            ("DEPTH", ints(ranges.depth)),
            ("W0", ints(ranges.w0)),
            ("WA", floats(ranges.wa)),
            ("WM", floats(ranges.wm)),
            ("GROUP_W", ints(ranges.group_w)),
            ("BOT_MUL", floats(ranges.bot_mul)),
        ]),
    }
}

fn choice(choice: &BranchChoice) -> Value {
    let branches = choice.branches.iter().map(|it| (it.name.clone(), branch(it))).collect();
    let kind = if choice.in_config { "choice_sampler" } else { "union_sampler" };
    let mut keys = map([("TYPE", text(kind)), ("BRANCHES", keyed(branches))]);
    if let Some(counts) = &choice.counts {
        keys.set_path(
            "NUM_CONFIGS",
            Value::List(counts.iter().map(|count| whole(*count)).collect()),
        );
    } else if let Some(probabilities) = &choice.probabilities {
        keys.set_path("WEIGHTS", weights(probabilities));
    }
    keys
}

fn branch(branch: &ChoiceBranch) -> Value {
    let is_derived = |item: &Sampler| matches!(item, Sampler::Derived(_));
    let (derived, drawn): (Vec<_>, Vec<_>) =
        branch.samplers.iter().partition(|(_, item)| is_derived(item));
    let written = |items: Vec<(&String, &Sampler)>| -> Map {
        items.into_iter().map(|(key, item)| (key.clone(), sampler(item))).collect()
    };
    let mut keys = written(drawn);
    if !derived.is_empty() {
        keys.insert("DERIVED".to_owned(), Value::Map(written(derived)));
    }
    Value::Map(keys)
}

fn weights(probabilities: &[f64]) -> Value {
    Value::List(probabilities.iter().copied().map(Value::Float).collect())
}

/// Returns a mapping, whose keys may be no text.
fn keyed(entries: Vec<(Value, Value)>) -> Value {
    let text = |(key, value): &(Value, Value)| match key {
        Value::Str(key) => Some((key.clone(), value.clone())),
        _ => None,
    };
    match entries.iter().map(text).collect::<Option<Map>>() {
        Some(map) => Value::Map(map),
        None => Value::Keyed(entries),
    }
}

fn length(length: &ListLength) -> Value {
    match length {
        ListLength::Fixed(length) => whole(*length),
        ListLength::Sampled(length) => sampler(length),
        ListLength::Expr(expr) => text(expr.text()),
    }
}

fn ranged(DependentRange { distribution, quantum, low, high }: &DependentRange) -> Value {
    let end = |end: &RangeBound| match (end, quantum) {
        (RangeBound::Expr(expr), _) => text(expr.text()),
        (RangeBound::Number(number), RangeQuantum::Float(_) | RangeQuantum::Real) => {
            Value::Float(*number)
        }
        #[expect(clippy::cast_possible_truncation, reason = "it was a whole number of the config")]
        (RangeBound::Number(number), RangeQuantum::Int(_)) => Value::Int(*number as i64),
    };
    let (kind, quantum) = match quantum {
        RangeQuantum::Int(quantum) => ("int_sampler", Some(Value::Int(*quantum))),
        RangeQuantum::Float(quantum) => ("float_sampler", Some(Value::Float(*quantum))),
        RangeQuantum::Real => ("float_sampler", None),
    };
    numbers(kind, *distribution, Value::List(vec![end(low), end(high)]), quantum)
}

fn scalar(distribution: Distribution, quantized: ScalarRange) -> Value {
    let (kind, range, quantum) = match quantized {
        ScalarRange::Int { low, high, quantum } => {
            ("int_sampler", ints((low, high)), Some(Value::Int(quantum)))
        }
        ScalarRange::Float { low, high, quantum } => {
            ("float_sampler", floats((low, high)), Some(Value::Float(quantum)))
        }
        ScalarRange::Real { low, high } => ("float_sampler", floats((low, high)), None),
    };
    numbers(kind, distribution, range, quantum)
}

/// Returns a sampler of numbers; one without a quantum has no key for it.
fn numbers(kind: &str, distribution: Distribution, range: Value, quantum: Option<Value>) -> Value {
    let keys = [
        ("TYPE", Some(text(kind))),
        ("RAND_TYPE", Some(text(distribution.name()))),
        ("RANGE", Some(range)),
        ("QUANTIZE", quantum),
    ];
    Value::Map(keys.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect())
}

fn ints((low, high): (i64, i64)) -> Value {
    Value::List(vec![Value::Int(low), Value::Int(high)])
}

fn floats((low, high): (f64, f64)) -> Value {
    Value::List(vec![Value::Float(low), Value::Float(high)])
}
