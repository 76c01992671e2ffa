//! Signing in and out: what is asked, what wrong answers lead to, what is sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use secrecy::SecretString;
use telegram::user::{self, Application, Line, LoginError, Terminal};

use crate::scene::Wire;
use crate::world::World;

/// A person who answers these things and then hangs up.
struct Person {
    answers: VecDeque<&'static str>,
    heard: Vec<String>,
}

impl Person {
    fn answering(answers: &[&'static str]) -> Self {
        Self { answers: answers.iter().copied().collect(), heard: Vec::new() }
    }
}

impl Terminal for Person {
    fn say(&mut self, text: &str) {
        self.heard.push(text.to_owned());
    }

    fn ask(&mut self, question: &str) -> std::io::Result<String> {
        self.heard.push(question.to_owned());
        let answer = self.answers.pop_front().map(str::to_owned);
        answer.ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
    }

    fn ask_hidden(&mut self, question: &str) -> std::io::Result<SecretString> {
        self.ask(&format!("hidden {question}")).map(SecretString::from)
    }
}

fn world() -> Arc<Mutex<World>> {
    let mut world = World::new();
    "12345".clone_into(&mut world.login.code);
    Arc::new(Mutex::new(world))
}

async fn login(
    world: &Arc<Mutex<World>>,
    person: &mut Person,
) -> (Result<user::Account, LoginError>, Wire) {
    let mut line = Wire::new(world);
    let application = Application { id: 7, hash: "0123456789abcdef".to_owned().into() };
    let result = user::login(&mut line, &application, person).await;
    (result, line)
}

#[tokio::test]
async fn phone_and_code_sign_in_where_the_account_lives() {
    let world = world();
    world.lock().unwrap().login.centre = Some(4);
    let mut person = Person::answering(&["+49 170 1234567", " 12345 "]);
    let (result, line) = login(&world, &mut person).await;
    let account = result.unwrap();
    assert_eq!((account.id, account.name.as_str()), (42, "Levi"));
    assert_eq!(line.keys().unwrap().home, 4);
    assert!(person.heard.iter().any(|text| text.contains("your other devices")));
}

#[tokio::test]
async fn a_wrong_code_is_asked_for_again_three_times() {
    let mut person = Person::answering(&["+491701234567", "11111", "12345"]);
    login(&world(), &mut person).await.0.unwrap();
    assert!(person.heard.contains(&"That is not the code.".to_owned()));
    let mut person = Person::answering(&["+491701234567", "1", "2", "3", "4"]);
    let error = login(&world(), &mut person).await.0.unwrap_err();
    assert!(matches!(error, LoginError::Wrong("code")), "{error}");
}

#[tokio::test]
async fn a_password_is_proven_without_being_shown_or_sent() {
    let world = world();
    world.lock().unwrap().login.has_password = true;
    world.lock().unwrap().login.right_try = 1;
    let mut person = Person::answering(&["+491701234567", "12345", "hunter1", "hunter2"]);
    login(&world, &mut person).await.0.unwrap();
    let questions: Vec<&String> = person.heard.iter().filter(|q| q.starts_with("hidden")).collect();
    assert!(questions.len() == 2 && questions[0].contains("the usual"), "{questions:?}");
    let tried = &world.lock().unwrap().login.tried;
    assert_eq!(tried.len(), 2);
    assert!(tried[0].a != tried[1].a && tried[0].m1.len() == 32, "each proof is a new one");
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let table = [
        ((400, "PHONE_NUMBER_INVALID", None), "give it with its country"),
        ((400, "API_ID_INVALID", None), "do not belong together"),
        ((400, "PHONE_NUMBER_BANNED", None), "banned"),
        ((420, "FLOOD_WAIT", Some(77)), "77 s"),
    ];
    for (refusal, words) in table {
        let world = world();
        world.lock().unwrap().refusals.push_back(refusal);
        let error = login(&world, &mut Person::answering(&["1"])).await.0.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(!error.contains("0123456789abcdef"), "{error}");
    }
    let error = login(&world(), &mut Person::answering(&["1"])).await.0.unwrap_err();
    assert!(matches!(error, LoginError::Terminal(_)), "{error}");
}

#[tokio::test]
async fn signing_out_twice_is_no_mistake() {
    let world = world();
    user::logout(&mut Wire::new(&world)).await.unwrap();
    user::logout(&mut Wire::new(&world)).await.unwrap();
}
