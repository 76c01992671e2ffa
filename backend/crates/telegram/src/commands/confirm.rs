//! What waits for a second word. A question belongs to one person in one chat, is answered once,
//! and is forgotten after a minute or a restart.

use std::time::Duration;

use domain::{PolicyName, PositionId, Timestamp};

/// How long a question stands.
pub(crate) const STANDS: Duration = Duration::from_mins(1);
/// Questions at a time; the oldest makes room.
const ROOM: usize = 32;

/// What is done once it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    Resume,
    Close(PositionId),
    Policy(PolicyName),
    Flatten,
}

#[derive(Debug, Clone)]
struct Question {
    nonce: String,
    user: i64,
    chat: i64,
    until: Timestamp,
    wish: Wish,
}

/// Why a pressed button does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Void {
    /// Never asked, answered before, or too late.
    Gone,
    /// Somebody else's question, or from another chat.
    Foreign,
}

/// The open questions.
#[derive(Debug, Default)]
pub(crate) struct Questions(Vec<Question>);

impl Questions {
    /// Opens a question; gives the data of its two buttons: yes and no.
    pub(crate) fn open(
        &mut self,
        nonce: String,
        (user, chat): (i64, i64),
        wish: Wish,
        now: Timestamp,
    ) -> [String; 2] {
        self.0.retain(|question| question.until > now);
        if self.0.len() >= ROOM {
            self.0.remove(0);
        }
        let data = [format!("y:{nonce}"), format!("n:{nonce}")];
        self.0.push(Question { nonce, user, chat, until: now.plus(STANDS), wish });
        data
    }

    /// A pressed button: the wish when it was yes, [`None`] when it was no.
    pub(crate) fn answer(
        &mut self,
        data: &str,
        (user, chat): (i64, i64),
        now: Timestamp,
    ) -> Result<Option<Wish>, Void> {
        let (word, nonce) = data.split_once(':').ok_or(Void::Gone)?;
        let place = self.0.iter().position(|question| question.nonce == nonce);
        let place = place.ok_or(Void::Gone)?;
        let question = &self.0[place];
        if (question.user, question.chat) != (user, chat) {
            return Err(Void::Foreign);
        }
        let question = self.0.remove(place);
        if question.until <= now {
            return Err(Void::Gone);
        }
        match word {
            "y" => Ok(Some(question.wish)),
            "n" => Ok(None),
            _ => Err(Void::Gone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn asked() -> (Questions, [String; 2]) {
        let mut questions = Questions::default();
        let data = questions.open("abc".to_owned(), (1, 10), Wish::Resume, ASKED);
        (questions, data)
    }

    #[test]
    fn a_question_is_answered_once() {
        let (mut questions, [yes, _]) = asked();
        assert_eq!(questions.answer(&yes, (1, 10), ASKED), Ok(Some(Wish::Resume)));
        assert_eq!(questions.answer(&yes, (1, 10), ASKED), Err(Void::Gone));
        let (mut questions, [yes, no]) = asked();
        assert_eq!(questions.answer(&no, (1, 10), ASKED), Ok(None));
        assert_eq!(questions.answer(&yes, (1, 10), ASKED), Err(Void::Gone));
    }

    #[test]
    fn it_belongs_to_its_user_and_chat_and_others_do_not_use_it_up() {
        let (mut questions, [yes, _]) = asked();
        assert_eq!(questions.answer(&yes, (2, 10), ASKED), Err(Void::Foreign));
        assert_eq!(questions.answer(&yes, (1, 11), ASKED), Err(Void::Foreign));
        assert_eq!(questions.answer(&yes, (1, 10), ASKED), Ok(Some(Wish::Resume)));
    }

    #[test]
    fn it_expires() {
        let (mut questions, [yes, _]) = asked();
        assert_eq!(questions.answer(&yes, (1, 10), ASKED.plus(STANDS)), Err(Void::Gone));
    }

    #[test]
    fn what_was_never_asked_is_void() {
        let (mut questions, _) = asked();
        for data in ["y:abd", "abc", "z:abc", ""] {
            assert_eq!(questions.answer(data, (1, 10), ASKED), Err(Void::Gone), "{data}");
        }
    }

    #[test]
    fn button_data_fits_telegrams_64_bytes() {
        let mut questions = Questions::default();
        let nonce = "0".repeat(32);
        assert!(questions.open(nonce, (1, 1), Wish::Flatten, ASKED).iter().all(|d| d.len() <= 64));
    }
}
