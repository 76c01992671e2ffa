use domain::{Change, StopChange};
use proptest::prelude::*;

use super::ChangeWords;

fn read(text: &str) -> Change {
    ChangeWords::embedded().read(text, None).unwrap_or_default()
}

#[test]
fn a_stop_is_moved_to_the_entry() {
    let texts = [
        "Move stop to entry",
        "TP1 hit, move SL to entry",
        "SL to BE 🔒",
        "ETH: stops moved to breakeven",
        "set your stop loss at break-even now",
        "#LDO - перевожу стоп в б/у. Позиция уже в профите",
        "Стоп на твх  \nСледующие цели 1.09, 1.11",
        "1🎯стоп на твх",
        "Sol Sl на твх",
        "поставил стоп на точку входа",
        "iota gmt設置成本損",
        "設置保護，保本損",
        "Stop seviyesi giriş noktasına (başabaş) çekildi",
        "Muevan el stop a la entrada",
        "Mova o stop para a entrada",
        "Stop auf Einstand nachziehen",
        "geser SL ke entry",
    ];
    for text in texts {
        assert_eq!(read(text).stop, Some(StopChange::ToEntry), "{text}");
    }
}

#[test]
fn a_part_is_sold() {
    let cases = [
        ("close half", 50),
        ("Close 50% here", 50),
        ("Close 70-80% position to lock profits, move SL to entry, and hold the rest.", 70),
        ("book 25% profits here", 25),
        ("#LIT - первая цель есть, зафиксировал 50% позиции", 50),
        ("зафиксировал 75% позиции, стоп в б/у.", 75),
        ("Фикс половину\nСтоп в бу", 50),
        ("減倉一半，止損移動到0.039附近", 50),
        ("减仓30%", 30),
        ("Hacmin %50'sini tam şu an kapatıyor", 50),
        ("Cerramos la mitad", 50),
        ("Fechem 40% da posição", 40),
        ("die Hälfte verkaufen", 50),
    ];
    for (text, percent) in cases {
        assert_eq!(read(text).sold_pct, Some(percent), "{text}");
    }
}

#[test]
fn an_entry_is_withdrawn() {
    let texts = [
        "cancel the limit order",
        "#WAVES/USDT Cancelled ❌",
        "取消掛單",
        "Не задело , не актуально",
        "Лимитка не актуальна не задели",
        "Orden cancelada",
    ];
    for text in texts {
        assert!(read(text).cancel_entry, "{text}");
    }
}

#[test]
fn reports_conditions_and_denials_ask_for_nothing() {
    let texts = [
        "SKR hit stoploss",
        "stop hit at entry",
        "остаток ушел в б/у",
        "btc\nВыбило в бу",
        "closed with 50% profit",
        "🔥47.1% Profit (10x)🔥",
        "+646% GAIN",
        "TP1 hit, TP2 taken",
        "don't move your stop to entry",
        "не переношу стоп в бу",
        "when TP1 is hit move SL to entry",
        "if it breaks 100 close half",
        "Average Entry Price: 4.493",
        "减仓",
        "take some profits",
        "good morning",
    ];
    for text in texts {
        assert_eq!(read(text), Change::default(), "{text}");
    }
}

#[test]
fn a_stop_price_counts_in_its_own_clause_only() {
    let words = ChangeWords::embedded();
    let read = |text: &str, price: &str| {
        let at = u32::try_from(text.find(price).unwrap()).unwrap();
        let change = words.read(text, Some((price.parse().unwrap(), at)));
        change.and_then(|change| change.stop)
    };
    let to = |price: &str| Some(StopChange::To(price.parse().unwrap()));
    assert_eq!(read("Set stoploss 0.0214", "0.0214"), to("0.0214"));
    assert_eq!(read("TP1 hit, move SL to 64,300", "64"), to("64"));
    assert_eq!(read("移动止损1.596", "1.596"), to("1.596"));
    assert_eq!(read("stop hit at 64000", "64000"), None);
    assert_eq!(read("if it closes below 64000 exit", "64000"), None);
}

proptest! {
    #[test]
    fn no_text_breaks_it_and_shares_are_whole_percentages(text in "\\PC{0,200}") {
        let change = read(&text);
        prop_assert!(change.sold_pct.is_none_or(|percent| (1..=99).contains(&percent)));
    }
}
