//! Decides, request by request and push by push.

use domain::Timestamp;

use super::{FaultPlan, PushFault, RequestFault, When};
use crate::market::noise::{key_of, unit};

/// A plan under way.
#[derive(Debug)]
pub struct Schedule {
    plan: FaultPlan,
    begun_at: Timestamp,
    requests: Vec<Tally>,
    pushes: Vec<Tally>,
}

/// What a rule met so far.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    matched: u64,
    struck: u64,
}

impl Schedule {
    /// A plan that begins now.
    pub fn new(plan: FaultPlan, now: Timestamp) -> Self {
        Self {
            requests: vec![Tally::default(); plan.requests.len()],
            pushes: vec![Tally::default(); plan.pushes.len()],
            plan,
            begun_at: now,
        }
    }

    /// The plan.
    pub const fn plan(&self) -> &FaultPlan {
        &self.plan
    }

    /// How often each rule struck: those of requests, then those of pushes.
    pub fn struck(&self) -> (Vec<u64>, Vec<u64>) {
        let of = |tallies: &[Tally]| tallies.iter().map(|tally| tally.struck).collect();
        (of(&self.requests), of(&self.pushes))
    }

    /// What goes wrong with this request, in the order of the rules.
    pub fn request(&mut self, method: &str, path: &str, now: Timestamp) -> Vec<RequestFault> {
        let age_ms = self.age_ms(now);
        let rules = self.plan.requests.iter().zip(&mut self.requests).enumerate();
        let matching = rules.filter(|(_, (rule, _))| {
            rule.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && rule.path.as_ref().is_none_or(|wanted| covers(wanted, path))
        });
        let key = key_of(self.plan.seed, "requests");
        let striking = matching.filter_map(|(place, (rule, tally))| {
            tally.strikes(&rule.when, key ^ (place as u64), age_ms).then(|| rule.fault.clone())
        });
        striking.collect()
    }

    /// What goes wrong with this push.
    pub fn push(&mut self, channel: &str, now: Timestamp) -> Option<PushFault> {
        let age_ms = self.age_ms(now);
        let rules = self.plan.pushes.iter().zip(&mut self.pushes).enumerate();
        let mut matching = rules.filter(|(_, (rule, _))| {
            rule.channel.as_ref().is_none_or(|wanted| channel.contains(wanted.as_str()))
        });
        let key = key_of(self.plan.seed, "pushes");
        matching.find_map(|(place, (rule, tally))| {
            tally.strikes(&rule.when, key ^ (place as u64), age_ms).then_some(rule.fault)
        })
    }

    fn age_ms(&self, now: Timestamp) -> u64 {
        (now.as_millis() - self.begun_at.as_millis()).max(0).cast_unsigned()
    }
}

impl Tally {
    /// Counts a match and decides whether the rule strikes it.
    fn strikes(&mut self, when: &When, key: u64, age_ms: u64) -> bool {
        self.matched += 1;
        let number = self.matched;
        let chosen = when.nth.is_none_or(|nth| nth == number)
            && when.every.is_none_or(|every| every > 0 && number.is_multiple_of(every))
            && when.at_most.is_none_or(|most| self.struck < most)
            && when.after_ms.is_none_or(|after| age_ms >= after)
            && when.until_ms.is_none_or(|until| age_ms < until);
        // Chance depends on the number alone, so that a plan plays the same each time.
        let strikes = chosen && unit(key, number.cast_signed()) < when.probability;
        self.struck += u64::from(strikes);
        strikes
    }
}

fn covers(wanted: &str, path: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(beginning) => path.starts_with(beginning),
        None => wanted == path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::{PushRule, RequestRule};

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn rule(method: Option<&str>, path: Option<&str>, when: When) -> RequestRule {
        let text = |part: Option<&str>| part.map(str::to_owned);
        RequestRule { method: text(method), path: text(path), when, fault: RequestFault::DropAfter }
    }

    fn struck(when: When, ages_ms: &[u64]) -> Vec<usize> {
        let plan =
            FaultPlan { seed: 1, requests: vec![rule(None, None, when)], ..FaultPlan::default() };
        let mut schedule = Schedule::new(plan, NOW);
        let at = |age: &u64| Timestamp::from_millis(NOW.as_millis() + age.cast_signed());
        let hit = |(_, age): &(usize, &u64)| !schedule.request("GET", "/x", at(age)).is_empty();
        let hits: Vec<_> = ages_ms.iter().enumerate().filter(hit).collect();
        hits.into_iter().map(|(number, _)| number + 1).collect()
    }

    #[test]
    fn conditions_choose_by_number_count_and_time() {
        let all = When::default;
        let ten = [0_u64; 10];
        let cases = [
            (all(), vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
            (When { nth: Some(3), ..all() }, vec![3]),
            (When { every: Some(4), ..all() }, vec![4, 8]),
            (When { at_most: Some(2), ..all() }, vec![1, 2]),
            (When { every: Some(2), at_most: Some(2), ..all() }, vec![2, 4]),
            (When { probability: 0.0, ..all() }, vec![]),
        ];
        for (when, expected) in cases {
            assert_eq!(struck(when.clone(), &ten), expected, "{when:?}");
        }
        let storm = When { after_ms: Some(100), until_ms: Some(200), ..all() };
        assert_eq!(struck(storm, &[0, 99, 100, 199, 200]), [3, 4]);
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed_and_near_its_probability() {
        let often = When { probability: 0.3, ..When::default() };
        let ages = [0; 2_000];
        let first = struck(often.clone(), &ages);
        assert_eq!(first, struck(often, &ages));
        assert!((500..700).contains(&first.len()), "{}", first.len());
    }

    #[test]
    fn rules_match_by_method_and_path() {
        let cases = [
            (rule(Some("POST"), Some("/api/v3/order"), When::default()), true),
            (rule(None, Some("/api/v3/*"), When::default()), true),
            (rule(Some("get"), None, When::default()), false),
            (rule(None, Some("/api/v3/ord"), When::default()), false),
        ];
        for (rule, expected) in cases {
            let plan = FaultPlan { requests: vec![rule.clone()], ..FaultPlan::default() };
            let mut schedule = Schedule::new(plan, NOW);
            let found = schedule.request("POST", "/api/v3/order", NOW);
            assert_eq!(!found.is_empty(), expected, "{rule:?}");
            assert_eq!(schedule.struck().0, [u64::from(expected)]);
        }
    }

    #[test]
    fn a_push_meets_the_first_rule_that_strikes() {
        let on = |channel: &str, every, fault| PushRule {
            channel: Some(channel.to_owned()),
            when: When { every: Some(every), ..When::default() },
            fault,
        };
        let pushes = vec![
            on("private", 2, PushFault::Duplicate),
            on("private.orders", 1, PushFault::Reorder),
        ];
        let mut schedule = Schedule::new(FaultPlan { pushes, ..FaultPlan::default() }, NOW);
        let channel = "spot@private.orders.v3.api.pb";
        let faults: Vec<_> = (0..3).map(|_| schedule.push(channel, NOW)).collect();
        let (reorder, twice) = (Some(PushFault::Reorder), Some(PushFault::Duplicate));
        assert_eq!(faults, [reorder, twice, reorder]);
        assert_eq!(schedule.push("spot@public.kline.v3.api.pb@BTCUSDT@Min1", NOW), None);
    }

    #[test]
    fn a_misspelt_plan_is_refused() {
        for text in [r#"{"request": []}"#, r#"{"requests": [{"fault": "explode"}]}"#] {
            assert!(serde_json::from_str::<FaultPlan>(text).is_err(), "{text}");
        }
    }
}
