//! A shuffled deck, shuffled anew when it runs out.

use rand::Rng;
use rand::seq::SliceRandom;

/// Things dealt in random order without replacement, reshuffled when all have been dealt.
pub(crate) struct Deck {
    cards: Vec<usize>,
    dealt: usize,
}

impl Deck {
    pub(crate) fn new(cards: Vec<usize>) -> Self {
        Self {
            dealt: cards.len(),
            cards,
        }
    }

    /// Deals a card that is not in `hand`, or, if all cards left are in it, any of them.
    ///
    /// Every round deals each card once all the same: a card passed over comes later in the round.
    pub(crate) fn deal(&mut self, hand: &[usize], rng: &mut impl Rng) -> usize {
        if self.dealt == self.cards.len() {
            self.cards.shuffle(rng);
            self.dealt = 0;
        }
        let next = (self.dealt..self.cards.len())
            .find(|&position| !hand.contains(&self.cards[position]))
            .unwrap_or(self.dealt);
        self.cards.swap(self.dealt, next);
        self.dealt += 1;
        self.cards[self.dealt - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn each_round_deals_every_card_once() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut deck = Deck::new((0..7).collect());
        for _ in 0..20 {
            let mut round: Vec<usize> = (0..7).map(|_| deck.deal(&[2, 4], &mut rng)).collect();
            round.sort_unstable();
            assert_eq!(round, (0..7).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_hand_repeats_a_card_only_if_it_must() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut deck = Deck::new(vec![10, 11, 12]);
        for _ in 0..50 {
            let mut hand = Vec::new();
            for _ in 0..3 {
                let card = deck.deal(&hand, &mut rng);
                assert!(!hand.contains(&card));
                hand.push(card);
            }
        }
        assert_eq!(Deck::new(vec![9]).deal(&[9], &mut rng), 9);
    }
}
