//! Finds where in the training a printed line stands: its epoch, its step, and the phase that it speaks of.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// The place that a line names.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct LineHeading {
    /// The epoch, and the number of all.
    pub(super) epoch: Option<(i64, Option<i64>)>,
    /// The epoch, where the line names it by a fraction, as Hugging Face's trainer does.
    pub(super) fraction: Option<f64>,
    pub(super) step: Option<i64>,
    /// The name of the phase, where the line begins with it.
    pub(super) phase: Option<&'static str>,
}

const PHASE: &str = "train|training|val|valid|validation|test|testing|eval|evaluation";

fn regex(pattern: &str) -> Regex {
    Regex::new(&pattern.replace("PHASE", PHASE)).expect("the pattern is tested")
}

/// `Epoch 1/2`, `Train Epoch: 1 [0/60000`, `Epoch: [0][ 10/5005]`, `Epoch(val) [1][4/4]`, `'epoch': 0.5`, `epoch=3`.
static EPOCH: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i)(?P<word>\w+)?(?:^|[^\w(\-./])epoch(?:\((?P<phase>PHASE)\))?["']?[ \t:#=\[]*["']?(?P<epoch>\d+)(?P<fraction>\.\d+)?(?:\s*(?:/|of)\s*(?P<of>\d+))?(?:\]?[\s:]*\[\s*(?P<step>\d+)\s*/\s*\d+)?"#,
    )
});

/// timm's `Train: 0 [  10/100 (10%)]`.
static TIMM: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?i)(?:^|\s)(?P<phase>train): (?P<epoch>\d+) \[\s*(?P<step>\d+)\s*/\s*\d+")
});

/// `step 100:`, `iter: 20/100`, `global_step=3`, `'num_updates': 3`.
static STEP: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i)(?:^|[^\w(\-./])(?:global[_ ]step|train[_ ]step|step|iteration|iter|num_updates|update)(?:\((?:PHASE)\))?["']?[ \t:#=\[]*["']?(?P<step>\d+)(?:\s*/\s*\d+)?(?P<after>[^\d]|$)"#,
    )
});

/// `[10]` and `10:` at the beginning, as boosting prints its rounds.
static ROUND: LazyLock<Regex> = LazyLock::new(|| regex(r"^\s*(?:\[(\d+)\]|(\d+):)\s"));

/// `Test: [ 0/97]`, `Validation: loss`, `[val] loss`, `| valid |`, `Train Epoch`, `Test set: Average`.
static PHASE_HEAD: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:^|[\s\[(|])(?P<phase>PHASE)(?:_inner)?(?: set)?(?:\s*:\s*[^\d\s.+-]|\]|\)|\s+\[|\s+\||\s+epoch\b)",
    )
});

/// Words before `epoch` that make something else of it.
const OTHER_EPOCHS: [&str; 12] =
    ["best", "at", "from", "to", "until", "total", "max", "num", "every", "per", "in", "last"];

/// Returns the place that a line names; a round of boosting is one only on a line that has pairs.
pub(super) fn heading(line: &str, has_pairs: bool) -> LineHeading {
    let mut heading = LineHeading::default();
    let lower = line.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["train: "])
        && let Some(found) = TIMM.captures(line)
    {
        heading.epoch = int(&found, "epoch").map(|epoch| (epoch, None));
        heading.step = int(&found, "step");
        heading.phase = phase(&found);
        return heading;
    }
    if has(&["epoch"])
        && let Some(found) = EPOCH.captures(line).filter(is_place)
    {
        heading.fraction = found
            .name("fraction")
            .and_then(|fraction| format!("{}{}", &found["epoch"], fraction.as_str()).parse().ok());
        heading.epoch = int(&found, "epoch").map(|epoch| (epoch, int(&found, "of")));
        heading.step = int(&found, "step");
        heading.phase = phase(&found);
    }
    if heading.step.is_none()
        && has(&["step", "iter", "update"])
        && let Some(found) = STEP.captures(line)
        && !found.name("after").is_some_and(|after| after.as_str().starts_with(['.', '%', '-']))
    {
        heading.step = int(&found, "step");
    }
    if heading.step.is_none() && heading.epoch.is_none() && has_pairs {
        heading.step = ROUND
            .captures(line)
            .and_then(|found| found.iter().skip(1).flatten().next()?.as_str().parse().ok());
    }
    if heading.phase.is_none() && has(&["train", "val", "test"]) {
        let found = PHASE_HEAD.captures(line);
        // `End of training | test loss 4.9` tells nothing of the training.
        let is_head = |found: &Captures<'_>| {
            let start = found.name("phase").map_or(0, |phase| phase.start());
            !line[..start].trim_end().ends_with("of")
        };
        heading.phase = found.filter(is_head).as_ref().and_then(phase);
    }
    heading
}

fn is_place(found: &Captures<'_>) -> bool {
    let word = found.name("word").map_or("", |word| word.as_str());
    !OTHER_EPOCHS.iter().any(|other| word.eq_ignore_ascii_case(other))
}

fn int(found: &Captures<'_>, name: &str) -> Option<i64> {
    found.name(name)?.as_str().parse().ok()
}

/// Returns the phase by its usual name.
fn phase(found: &Captures<'_>) -> Option<&'static str> {
    usual_phase(&found.name("phase")?.as_str().to_lowercase())
}

/// Returns the usual name of the phase that a word in lower case means.
pub(super) fn usual_phase(word: &str) -> Option<&'static str> {
    Some(match word.get(..2)? {
        "tr" => "train",
        "va" => "val",
        "te" => "test",
        _ => "eval",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> (Option<i64>, Option<i64>, Option<&'static str>) {
        let heading = heading(line, true);
        (heading.epoch.map(|(epoch, _)| epoch), heading.step, heading.phase)
    }

    #[test]
    fn a_line_names_its_place_as_frameworks_do() {
        for (line, expected) in [
            ("Epoch 1/2", (Some(1), None, None)),
            ("Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.3", (Some(1), Some(640), Some("train"))),
            ("Epoch: [0][  10/5005]\tTime 0.5", (Some(0), Some(10), None)),
            ("Epoch(train)  [1][ 50/196]  lr: 1.0e-02", (Some(1), Some(50), Some("train"))),
            ("Epoch [3/10], Step [100/600], Loss: 0.2", (Some(3), Some(100), None)),
            ("Train: 0 [  10/100 (10%)]  Loss: 2.3 (2.4)", (Some(0), Some(10), Some("train"))),
            ("Test: [  10/20]  Loss: 1.2 (1.3)", (None, None, Some("test"))),
            (
                "Test set: Average loss: 0.03, Accuracy: 9890/10000 (99%)",
                (None, None, Some("test")),
            ),
            ("{'loss': 1.2, 'epoch': 3}", (Some(3), None, None)),
            ("[10]\ttrain-rmse:0.5", (None, Some(10), None)),
            ("0:\tlearn: 0.69\ttest: 0.69", (None, Some(0), None)),
            (
                "2024-05-08 12:00:00 | INFO | valid | epoch 001 | loss 5.1 |",
                (Some(1), None, Some("val")),
            ),
            ("step: 20 loss: 0.5", (None, Some(20), None)),
            ("iter 20: loss=0.5", (None, Some(20), None)),
            ("*** Best metric: 76.5 (epoch 3)", (None, None, None)),
            ("best epoch: 3", (None, None, None)),
            ("epochs: 100, max_epoch: 3, steps: 5", (None, None, None)),
            ("train: 0.5 val: 0.4", (None, None, None)),
            ("train loss: 0.5", (None, None, None)),
            ("| End of training | test loss  4.9", (None, None, None)),
            ("5ms/step - loss: 0.5", (None, None, None)),
        ] {
            assert_eq!(of(line), expected, "{line}");
        }
        assert_eq!(heading("Epoch 1/2", false).epoch, Some((1, Some(2))));
        assert_eq!(heading("{'loss': 1, 'epoch': 0.5}", true).fraction, Some(0.5));
    }
}
