//! The account, QOS and reservation that a task names against those that there are for its user (pure).

use super::RequestRefusal;
use crate::launch::slurm::effective::EffectiveRequest;
use crate::slurm::ClusterLimits;

/// Refuses names that this user's jobs certainly may not give.
pub(super) fn unknown_names(
    request: &EffectiveRequest,
    limits: &ClusterLimits,
) -> Vec<RequestRefusal> {
    // A plugin of the site's may put other names in their place, and what another cluster has is not known.
    if limits.is_rewritten || request.task.has_any(&["clusters"]) {
        return Vec::new();
    }
    let names = &limits.names;
    let all = [
        ("account", "ACCOUNT", "you have no account", &names.accounts),
        ("qos", "QOS", "your account has no QOS", &names.qos),
        ("reservation", "RESERVATION", "this cluster has no reservation", &names.reservations),
    ];
    let refuse = |(option, key, words, there): (&str, &str, &str, &Option<Vec<String>>)| {
        let there = there.as_ref()?;
        let is_there = |name: &str| there.iter().any(|it| it.eq_ignore_ascii_case(name));
        let mut asked = request.task.text(option).split(',').filter(|name| !name.is_empty());
        let unknown = asked.find(|name| !is_there(name))?;
        let hint = match there.as_slice() {
            [] => format!("none exists: remove LAUNCH.{key}, or ask your site"),
            some => format!("choose from {}", some.join(", ")),
        };
        Some((format!("{}: {words} `{unknown}`", request.key(&[option], key)), hint))
    };
    all.into_iter().filter_map(refuse).collect()
}
