//! `levibot telegram`: signing in and out as a user, and what can be followed.

use std::io::{self, IsTerminal, Write};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use secrecy::SecretString;
use telegram::user::{
    self, Application, Dialog, LineError, LoginError, Network, Session, SessionError, Settings,
    Terminal,
};

use crate::cli::TelegramCommand;
use crate::config::Config;

/// Why it did not work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TelegramFailure {
    /// There is no application to sign in as.
    #[error(
        "TELEGRAM_API_ID and TELEGRAM_API_HASH are not set: make an application at \
         https://my.telegram.org/apps and put both into .env"
    )]
    NotConfigured,
    /// The account is signed in.
    #[error("already signed in; `levibot telegram logout` ends that session")]
    SignedIn,
    /// The file cannot be used.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Telegram refused or was not reached.
    #[error(transparent)]
    Line(#[from] LineError),
    /// Nobody signed in.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// The list cannot be shown.
    #[error("cannot write the list: {0}")]
    Output(#[from] io::Error),
}

/// Carries out one of them.
pub(crate) async fn run(command: TelegramCommand, config: &Config) -> Result<(), TelegramFailure> {
    let settings = config.telegram_user.as_ref().ok_or(TelegramFailure::NotConfigured)?;
    match command {
        TelegramCommand::Login => login(settings).await,
        TelegramCommand::Logout => logout(settings).await,
        TelegramCommand::Channels => channels(settings).await,
    }
}

async fn login(settings: &Settings) -> Result<(), TelegramFailure> {
    let _lock = settings.session.lock()?;
    let mut session = match settings.session.load() {
        Err(SessionError::Absent(_)) => Session::fresh(),
        loaded => loaded?,
    };
    let Application { id: api_id, .. } = settings.application;
    let mut line = Network::open(&session.keys, api_id);
    if session.user.is_some() {
        match user::ask_whether_signed_in(&mut line).await {
            Ok(()) => return Err(TelegramFailure::SignedIn),
            // That session is over, and perhaps its key too.
            Err(LineError::SignedOut(_)) => {
                line = Network::open(&session.keys.clone().forgotten(), api_id);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let account = user::login(&mut line, &settings.application, &mut Console).await?;
    session.keys = user::Line::keys(&line)?;
    session.user = Some(account.id);
    if let Err(error) = settings.session.save(&session) {
        // A session that is kept nowhere would stay in the account's list of devices.
        user::logout(&mut line).await?;
        return Err(error.into());
    }
    let mut out = io::stdout().lock();
    writeln!(out, "Signed in as {} ({}).", account.name, account.id)?;
    writeln!(out, "Whoever has {} is you.", settings.session.path().display())?;
    writeln!(out, "`levibot telegram channels` lists what can be put into TELEGRAM_CHANNELS.")?;
    Ok(())
}

async fn logout(settings: &Settings) -> Result<(), TelegramFailure> {
    let _lock = settings.session.lock()?;
    let session = settings.session.load()?;
    let mut line = Network::open(&session.keys, settings.application.id);
    user::logout(&mut line).await?;
    settings.session.remove()?;
    writeln!(io::stdout().lock(), "Signed out; {} is gone.", settings.session.path().display())?;
    Ok(())
}

async fn channels(settings: &Settings) -> Result<(), TelegramFailure> {
    let session = settings.session.load()?;
    let mut line = Network::open(&session.keys, settings.application.id);
    let found = user::dialogs(&mut line).await?;
    show(&found, settings, &mut io::stdout().lock())?;
    Ok(())
}

/// One a line; those of `TELEGRAM_CHANNELS` with a star.
fn show(found: &[Dialog], settings: &Settings, out: &mut impl Write) -> io::Result<()> {
    for Dialog { chat, .. } in found {
        let star = if settings.channels.follow(chat) { '*' } else { ' ' };
        let name = chat.username.as_ref().map_or_else(String::new, |name| format!("@{name}"));
        let title = chat.title.as_deref().unwrap_or_default();
        writeln!(out, "{star} {:<15} {:<10} {name:<24} {title}", chat.id, chat.kind)?;
    }
    writeln!(out, "{} channels and groups; * is followed", found.len())
}

/// The person at the terminal.
struct Console;

impl Terminal for Console {
    fn say(&mut self, text: &str) {
        // Who cannot be told cannot be asked either, and that is noticed.
        let _ = writeln!(io::stdout().lock(), "{text}");
    }

    fn ask(&mut self, question: &str) -> io::Result<String> {
        // The connection lives on meanwhile.
        tokio::task::block_in_place(|| {
            let mut out = io::stdout().lock();
            write!(out, "{question}")?;
            out.flush()?;
            let mut line = String::new();
            match io::stdin().read_line(&mut line)? {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                _ => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
            }
        })
    }

    fn ask_hidden(&mut self, question: &str) -> io::Result<SecretString> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return self.ask(question).map(SecretString::from);
        }
        let shown = tcgetattr(&stdin)?;
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Flush, &hidden)?;
        let answer = self.ask(question).map(SecretString::from);
        tcsetattr(&stdin, OptionalActions::Flush, &shown)?;
        self.say("");
        answer
    }
}
