//! Guesses by its name whether a metric is good when it is large: for proposals that a person reads, never for a ranking.

use sweep_config::ObjectiveGoal;

/// Words of metrics whose small values are good.
const SMALL: [&str; 22] = [
    "loss",
    "err",
    "error",
    "nll",
    "mse",
    "rmse",
    "mae",
    "mape",
    "rmsle",
    "logloss",
    "ppl",
    "perplexity",
    "wer",
    "cer",
    "fid",
    "bce",
    "ce",
    "kl",
    "lpips",
    "regret",
    "cost",
    "crossentropy",
];

/// Words of metrics whose large values are good.
const LARGE: [&str; 28] = [
    "acc",
    "accuracy",
    "auc",
    "auroc",
    "auprc",
    "f",
    "map",
    "ap",
    "ar",
    "iou",
    "miou",
    "dice",
    "precision",
    "recall",
    "reward",
    "return",
    "ret",
    "rew",
    "score",
    "bleu",
    "rouge",
    "psnr",
    "ssim",
    "ndcg",
    "mrr",
    "top",
    "mcc",
    "fitness",
];

/// Returns the goal that the name of a metric suggests; `None` where it suggests none.
pub(crate) fn guess_goal(name: &str) -> Option<ObjectiveGoal> {
    // `AverageEpRet` as it is, and as three words.
    let name = format!("{name} {}", without_humps(name)).to_lowercase();
    let words: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let stem = |word: &str| word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let stems: Vec<String> = words.iter().map(|word| stem(word)).collect();
    let has = |known: &[&str]| stems.iter().any(|word| known.contains(&word.as_str()));
    let ends = |tail: &str| words.iter().any(|word| word.ends_with(tail));
    // LightGBM's names of regression metrics, which elsewhere are those of penalties.
    let is_norm = words.last().is_some_and(|last| matches!(*last, "l1" | "l2"));
    let has_phase = words
        .iter()
        .any(|word| ["train", "val", "test", "eval"].iter().any(|phase| word.starts_with(phase)));
    // `f1`, `top1` and `r2` are words by their digit; `top1_err` is an error.
    if has(&SMALL) || ends("loss") || ends("error") || (is_norm && has_phase) {
        return Some(ObjectiveGoal::Minimize);
    }
    let is_large = |word: &&str| match stem(word).as_str() {
        "f" | "top" => word.len() > stem(word).len(),
        stem => LARGE.contains(&stem),
    };
    let is_large = words.iter().any(is_large) || words.contains(&"r2");
    (is_large || ends("accuracy")).then_some(ObjectiveGoal::Maximize)
}

/// Returns a name with a space before each capital letter that follows a small one.
fn without_humps(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut was_small = false;
    for c in name.chars() {
        if was_small && c.is_uppercase() {
            out.push(' ');
        }
        was_small = c.is_lowercase();
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_goal_is_that_of_the_word_that_says_so() {
        for name in [
            "val_loss",
            "metrics.val/Loss",
            "test_epoch.top1_err",
            "valid_0's rmse",
            "valLoss",
            "nll_loss",
            "valid_1_l2",
            "perplexity",
        ] {
            assert_eq!(guess_goal(name), Some(ObjectiveGoal::Minimize), "{name}");
        }
        for name in [
            "val_acc",
            "metrics/mAP50(B)",
            "Acc@1",
            "eval_f1",
            "ep_rew_mean",
            "r2",
            "top1",
            "Balanced Accuracy",
            "AverageEpRet",
        ] {
            assert_eq!(guess_goal(name), Some(ObjectiveGoal::Maximize), "{name}");
        }
        for name in ["lr", "l2", "epoch", "time", "f", "stop", "batch_size", "n", ""] {
            assert_eq!(guess_goal(name), None, "{name}");
        }
    }
}
