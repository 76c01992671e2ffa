//! Signing in and out, as a conversation with a person.

use grammers_crypto::two_factor_auth::{calculate_2fa, check_p_and_g};
use grammers_tl_types as tl;
use secrecy::{ExposeSecret, SecretString};

use super::line::{Line, LineError, ask};

/// How often a code or password may be wrong before the conversation ends.
const TRIES: usize = 3;
/// Data centres that may be moved to in one conversation.
const MOVES: usize = 3;

/// Who talks to the person.
pub trait Terminal: Send {
    /// Says something.
    fn say(&mut self, text: &str);

    /// Asks for a line.
    ///
    /// # Errors
    /// What the system says; an ended input is one.
    fn ask(&mut self, question: &str) -> std::io::Result<String>;

    /// The same without showing what is typed.
    ///
    /// # Errors
    /// As for [`Terminal::ask`].
    fn ask_hidden(&mut self, question: &str) -> std::io::Result<SecretString>;
}

/// The application that signs in, from <https://my.telegram.org/apps>.
#[derive(Debug, Clone)]
pub struct Application {
    /// `TELEGRAM_API_ID`.
    pub id: i32,
    /// `TELEGRAM_API_HASH`.
    pub hash: SecretString,
}

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The user id.
    pub id: i64,
    /// What the account calls itself.
    pub name: String,
}

/// Nobody signed in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// Telegram refused, or was not reached.
    #[error("{}", explained(.0))]
    Line(#[from] LineError),
    /// The terminal is gone.
    #[error("nothing could be read from the terminal: {0}")]
    Terminal(#[from] std::io::Error),
    /// Another way has to be gone first.
    #[error("{0}")]
    Elsewhere(&'static str),
    /// Wrong too often.
    #[error("the {0} was wrong {TRIES} times; start again with a new code")]
    Wrong(&'static str),
}

/// What a refusal means, for a person.
fn explained(error: &LineError) -> String {
    let LineError::Refused(name) = error else { return error.to_string() };
    let meaning = match name.as_str() {
        "PHONE_NUMBER_INVALID" => {
            "that is no phone number: give it with its country, such as +491701234567"
        }
        "PHONE_NUMBER_BANNED" => "Telegram has banned this number",
        "PHONE_NUMBER_UNOCCUPIED" => "no account has this number; make one in a Telegram app first",
        "PHONE_NUMBER_FLOOD" | "PHONE_PASSWORD_FLOOD" => "too many tries: wait a day",
        "PHONE_CODE_EXPIRED" => "the code is too old: start again",
        "API_ID_INVALID" | "API_ID_PUBLISHED_FLOOD" => {
            "TELEGRAM_API_ID and TELEGRAM_API_HASH do not belong together: see https://my.telegram.org/apps"
        }
        _ => return error.to_string(),
    };
    format!("{meaning} ({name})")
}

/// Asks for phone number, code and, where one is set, password, until Telegram knows who it is.
///
/// # Errors
/// [`LoginError`].
pub async fn login(
    line: &mut dyn Line,
    application: &Application,
    terminal: &mut dyn Terminal,
) -> Result<Account, LoginError> {
    let phone = terminal.ask("Phone number with country, such as +491701234567: ")?;
    let phone: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let sent = match request_code(line, application, &phone).await? {
        tl::enums::auth::SentCode::Code(sent) => sent,
        tl::enums::auth::SentCode::Success(success) => return account(success.authorization),
        tl::enums::auth::SentCode::PaymentRequired(_) => {
            return Err(LoginError::Elsewhere(
                "Telegram wants a payment for a code to this number: sign in once with an app",
            ));
        }
    };
    terminal.say(whereabouts(&sent.r#type)?);
    enter_code(line, terminal, &phone, &sent.phone_code_hash).await
}

/// Asks for the code, in the data centre that knows the number.
async fn request_code(
    line: &mut dyn Line,
    application: &Application,
    phone: &str,
) -> Result<tl::enums::auth::SentCode, LineError> {
    let request = tl::functions::auth::SendCode {
        phone_number: phone.to_owned(),
        api_id: application.id,
        api_hash: application.hash.expose_secret().to_owned(),
        settings: tl::types::CodeSettings {
            allow_flashcall: false,
            current_number: false,
            allow_app_hash: false,
            allow_missed_call: false,
            allow_firebase: false,
            unknown_number: false,
            logout_tokens: None,
            token: None,
            app_sandbox: None,
        }
        .into(),
    };
    for _ in 0..MOVES {
        match ask(line, &request).await {
            Err(LineError::Moved(centre)) => line.move_to(centre).await?,
            other => return other,
        }
    }
    ask(line, &request).await
}

fn whereabouts(kind: &tl::enums::auth::SentCodeType) -> Result<&'static str, LoginError> {
    use tl::enums::auth::SentCodeType as Kind;
    Ok(match kind {
        Kind::App(_) => {
            "Telegram sent a code to your other devices: look into the chat \"Telegram\"."
        }
        Kind::Sms(_) | Kind::FirebaseSms(_) | Kind::SmsWord(_) | Kind::SmsPhrase(_) => {
            "Telegram sent a code by SMS."
        }
        Kind::EmailCode(_) => "Telegram sent a code to your e-mail address.",
        Kind::Call(_) | Kind::FlashCall(_) | Kind::MissedCall(_) => {
            "Telegram calls you with a code."
        }
        Kind::FragmentSms(_) => "The code is at https://fragment.com.",
        Kind::SetUpEmailRequired(_) => {
            return Err(LoginError::Elsewhere(
                "Telegram wants an e-mail address for this account: set it in a Telegram app first",
            ));
        }
    })
}

async fn enter_code(
    line: &mut dyn Line,
    terminal: &mut dyn Terminal,
    phone: &str,
    hash: &str,
) -> Result<Account, LoginError> {
    for _ in 0..TRIES {
        let code = terminal.ask("Code: ")?;
        let request = tl::functions::auth::SignIn {
            phone_number: phone.to_owned(),
            phone_code_hash: hash.to_owned(),
            phone_code: Some(code.trim().to_owned()),
            email_verification: None,
        };
        match ask(line, &request).await {
            Ok(authorization) => return account(authorization),
            Err(error) if error.is("SESSION_PASSWORD_NEEDED") => {
                return enter_password(line, terminal).await;
            }
            Err(error) if error.is("PHONE_CODE_INVALID") || error.is("PHONE_CODE_EMPTY") => {
                terminal.say("That is not the code.");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(LoginError::Wrong("code"))
}

async fn enter_password(
    line: &mut dyn Line,
    terminal: &mut dyn Terminal,
) -> Result<Account, LoginError> {
    for _ in 0..TRIES {
        // Each try needs parameters of its own.
        let tl::enums::account::Password::Password(set) =
            ask(line, &tl::functions::account::GetPassword {}).await?;
        let hint = set.hint.as_deref().filter(|hint| !hint.is_empty());
        let question = hint.map_or_else(
            || "Password of the two-step verification: ".to_owned(),
            |hint| format!("Password of the two-step verification (hint: {hint}): "),
        );
        let password = terminal.ask_hidden(&question)?;
        let request = tl::functions::auth::CheckPassword { password: proof(set, &password)? };
        match ask(line, &request).await {
            Ok(authorization) => return account(authorization),
            Err(error) if error.is("PASSWORD_HASH_INVALID") => {
                terminal.say("That is not the password.");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(LoginError::Wrong("password"))
}

/// Proves to know the password without sending it (SRP).
fn proof(
    set: tl::types::account::Password,
    password: &SecretString,
) -> Result<tl::enums::InputCheckPasswordSrp, LoginError> {
    type Algorithm = tl::enums::PasswordKdfAlgo;
    let unknown = || {
        LoginError::Elsewhere(
            "Telegram asks for the password in a way that this version does not know",
        )
    };
    let Some(Algorithm::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(with)) =
        set.current_algo
    else {
        return Err(unknown());
    };
    // Another g ends that function in a panic.
    if !(2..=7).contains(&with.g) || !check_p_and_g(&with.p, &with.g) {
        return Err(LoginError::Elsewhere(
            "Telegram's parameters for the password are unsafe; nothing was sent",
        ));
    }
    let (srp_id, srp_b) = (set.srp_id.ok_or_else(unknown)?, set.srp_b.ok_or_else(unknown)?);
    let mut own = vec![0; 256];
    getrandom::fill(&mut own).map_err(|error| std::io::Error::other(error.to_string()))?;
    let text = password.expose_secret();
    let (m1, a) = calculate_2fa(&with.salt1, &with.salt2, &with.p, &with.g, srp_b, own, text);
    Ok(tl::types::InputCheckPasswordSrp { srp_id, a: a.to_vec(), m1: m1.to_vec() }.into())
}

fn account(authorization: tl::enums::auth::Authorization) -> Result<Account, LoginError> {
    let nobody =
        LoginError::Elsewhere("no account has this number; make one in a Telegram app first");
    let tl::enums::auth::Authorization::Authorization(authorization) = authorization else {
        return Err(nobody);
    };
    match authorization.user {
        tl::enums::User::User(user) => {
            let names = [user.first_name, user.last_name];
            let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
            Ok(Account { id: user.id, name })
        }
        tl::enums::User::Empty(_) => Err(nobody),
    }
}

/// Whether Telegram still knows the session.
///
/// # Errors
/// [`LineError::SignedOut`] when not.
pub async fn ask_whether_signed_in(line: &mut dyn Line) -> Result<(), LineError> {
    ask(line, &tl::functions::updates::GetState {}).await.map(drop)
}

/// Ends the session at Telegram; afterwards its file is worthless.
///
/// # Errors
/// [`LineError`]; a session that was over already is no error.
pub async fn logout(line: &mut dyn Line) -> Result<(), LineError> {
    match ask(line, &tl::functions::auth::LogOut {}).await {
        Ok(_) | Err(LineError::SignedOut(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
