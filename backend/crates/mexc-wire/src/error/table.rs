//! The error table of contract 13 as data.

use super::ErrorClass;

use ErrorClass::{
    Account, AlreadyDone, Auth, Clock, Filter, Funds, InDoubt, Maintenance, Malformed, NotFound,
    Symbol,
};

const RATE: ErrorClass = ErrorClass::Rate { retry_after: None };

/// Every code that is decided by the number alone.
pub(super) const CODES: &[(i64, ErrorClass)] = &[
    (-2013, NotFound),
    (-2011, AlreadyDone),
    (-1128, Malformed),
    (-1127, Malformed),
    (-1003, InDoubt),
    (26, Account),
    (401, Auth),
    (403, Auth),
    (429, RATE),
    (503, InDoubt),
    (504, InDoubt),
    (602, Auth),
    (10001, Auth),
    (10007, Symbol),
    (10015, Auth),
    (10072, Auth),
    (10073, Clock),
    (10095, Malformed),
    (10096, Malformed),
    (10097, Malformed),
    (10098, Account),
    (10099, Account),
    (10101, Funds),
    (10102, Malformed),
    (10203, InDoubt),
    (10265, Account),
    (11444, Maintenance),
    (20001, Account),
    (20002, InDoubt),
    (22222, AlreadyDone),
    (30000, Symbol),
    (30001, Symbol),
    (30002, Filter),
    (30003, Filter),
    (30004, Funds),
    (30005, Funds),
    (30010, Filter),
    (30014, Symbol),
    (30016, Symbol),
    (30018, Symbol),
    (30019, Symbol),
    (30020, Symbol),
    (30021, Symbol),
    (30025, Filter),
    (30026, Malformed),
    (30027, Account),
    (30028, Account),
    (30029, Account),
    (30032, Account),
    (30041, Symbol),
    (30051, Symbol),
    (30087, Filter),
    (33333, Malformed),
    (44444, Malformed),
    (60005, Account),
    (70011, Account),
    (88004, Funds),
    (88009, Funds),
    (88013, Funds),
    (88015, Funds),
    (140_001, Account),
    (140_002, Account),
    (700_001, Auth),
    (700_002, Auth),
    (700_003, Clock),
    (700_004, Malformed),
    (700_005, Malformed),
    (700_006, Auth),
    (700_007, Auth),
    (700_008, Malformed),
    (700_011, Account),
    (700_013, Malformed),
    (700_022, InDoubt),
    (730_001, Symbol),
    (730_002, Malformed),
    (730_100, Account),
];

/// The class of a code, with the text where the contract tells codes apart by it. [`None`] for a
/// code nobody documented.
pub(super) fn class_of(code: i64, text: &str) -> Option<ErrorClass> {
    let text = text.to_ascii_lowercase();
    match code {
        -1121 if text.contains("interval") => Some(Malformed),
        -1121 => Some(Symbol),
        400 if text.contains("api key") => Some(Auth),
        400 if text.contains("scale is invalid") => Some(Filter),
        400 if text.contains("duplicate") => Some(AlreadyDone),
        500 if text.contains("invalid type") => Some(Malformed),
        500 => Some(InDoubt),
        _ => by_number(code),
    }
}

fn by_number(code: i64) -> Option<ErrorClass> {
    let listed = CODES.iter().find(|(known, _)| *known == code).map(|(_, class)| *class);
    // Wallet, sub-account and key administration: contract 13's last row.
    let wallet = matches!(code, 10_100..=10_268 | 730_000..=730_999).then_some(Account);
    listed.or(wallet)
}
