//! Guesses which name a misspelt one meant.

/// Returns up to three names that a misspelt one may have meant, the likeliest first.
///
/// A name's last part counts as well as the whole: `base_lr` finds `cfg.OPTIM.BASE_LR`. So does what is below
/// a name that is no metric by itself: `complexity` finds `complexity.flops`.
pub fn nearest(asked: &str, names: &[&str]) -> Vec<String> {
    const ALIKE: f64 = 0.7;
    let asked = asked.to_lowercase();
    let likeness = |name: &str| {
        let name = name.to_lowercase();
        if name.strip_prefix(&asked).is_some_and(|rest| rest.starts_with('.')) {
            return 1.0;
        }
        let last = name.rsplit('.').next().unwrap_or(&name);
        let whole = strsim::normalized_damerau_levenshtein(&asked, &name);
        whole.max(strsim::normalized_damerau_levenshtein(&asked, last))
    };
    let mut scored: Vec<(f64, &str)> = names.iter().map(|name| (likeness(name), *name)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let near = scored.into_iter().take_while(|(likeness, _)| *likeness >= ALIKE).take(3);
    near.map(|(_, name)| format!("`{name}`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_its_neighbours() {
        let names = ["cfg.OPTIM.BASE_LR", "flops", "params"];
        assert_eq!(nearest("base_lr", &names), ["`cfg.OPTIM.BASE_LR`"]);
        assert_eq!(nearest("flosp", &names), ["`flops`"]);
        assert_eq!(nearest("colour", &names), Vec::<String>::new());
        assert_eq!(nearest("cfg.OPTIM", &names), ["`cfg.OPTIM.BASE_LR`"]);
    }
}
