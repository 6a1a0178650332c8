//! The accounts, QOS and reservations that a user's jobs may name (pure, but for asking for reservations).

use super::Slurm;

/// The names that a job may give; none where others may be right as well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownNames {
    /// The accounts of the user.
    pub accounts: Option<Vec<String>>,
    /// The QOS that the user's account may use.
    pub qos: Option<Vec<String>>,
    /// The reservations of the cluster.
    pub reservations: Option<Vec<String>>,
}

impl KnownNames {
    /// Finds accounts, and the QOS of one of them, or of any if it is empty, in rows `account|partition|default QOS|QOS|…`.
    pub(super) fn of_associations(printed: &str, account: &str) -> Self {
        let rows = printed.lines().map(|line| line.trim().split('|').collect::<Vec<&str>>());
        let rows: Vec<Vec<&str>> = rows.filter(|row| row.len() > 3).collect();
        let mut accounts: Vec<String> = rows.iter().map(|row| row[0].to_owned()).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let is_it = |row: &&Vec<&str>| account.is_empty() || row[0].eq_ignore_ascii_case(account);
        let lists: Vec<&str> = rows.iter().filter(is_it).map(|row| row[3]).collect();
        // `+long` changes a list that is not shown.
        let is_whole = |list: &&str| !list.is_empty() && !list.contains(['+', '-']);
        let is_told = !lists.is_empty() && lists.iter().all(is_whole);
        let mut qos: Vec<String> =
            lists.iter().flat_map(|list| list.split(',')).map(str::to_owned).collect();
        qos.sort_unstable();
        qos.dedup();
        Self { accounts: Some(accounts), qos: is_told.then_some(qos), reservations: None }
    }
}

impl Slurm {
    /// Asks for the names of all reservations.
    pub(super) fn reservations(&self) -> Option<Vec<String>> {
        let args = ["show", "reservation", "-o", "-a"].map(str::to_owned);
        self.call("scontrol", &args).ok().map(|printed| parse(&printed.stdout))
    }
}

/// Parses a reservation a line: `ReservationName=maint StartTime=…`.
fn parse(printed: &str) -> Vec<String> {
    let name = |line: &str| {
        let rest = line.trim_start().strip_prefix("ReservationName=")?;
        rest.split_ascii_whitespace().next().map(str::to_owned)
    };
    printed.lines().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_qos_of_the_account_are_known_where_all_its_lists_are_shown() {
        let printed = "lab|||normal,tight||\nlab|gpu||tight||\nother|||+long||\nroot|||||\n";
        let of = |account: &str| KnownNames::of_associations(printed, account);
        let names = |list: &str| Some(list.split(',').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(of("lab").accounts, names("lab,other,root"));
        assert_eq!(of("Lab").qos, names("normal,tight"));
        for account in ["other", "root", "", "nosuch"] {
            assert_eq!(of(account).qos, None, "{account}");
        }
        assert_eq!(KnownNames::of_associations("", "").accounts, Some(Vec::new()));
    }

    #[test]
    fn reservations_are_read_by_their_names() {
        assert_eq!(parse("No reservations in the system\n"), [""; 0]);
        let printed =
            "ReservationName=maint StartTime=x Nodes=n1\nReservationName=class_1 StartTime=y\n";
        assert_eq!(parse(printed), ["maint", "class_1"]);
    }
}
