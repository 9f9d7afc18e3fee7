//! The queue of past embeddings. That its pairs count is checked with the formulas.

use pets_losses::{CrossBatchMemory, EmbeddingLoss, LossConfig, LossError, LossKind, MemoryState};

use crate::evaluation::{
    Batch, assert_close, device, evaluate, evaluate_with, label_tensor, matrix,
};

fn memory(capacity: usize) -> CrossBatchMemory {
    CrossBatchMemory::new(capacity).expect("the capacity is above 0")
}

fn remember(memory: &mut CrossBatchMemory, rows: &[Vec<f32>], labels: &[i64]) {
    memory.remember(matrix(rows), label_tensor(labels));
}

#[test]
fn the_oldest_are_forgotten() {
    let mut memory = memory(3);
    assert!(memory.is_empty());
    remember(&mut memory, &[vec![1.0, 0.0], vec![2.0, 0.0]], &[1, 2]);
    remember(&mut memory, &[vec![3.0, 0.0], vec![4.0, 0.0]], &[3, 4]);
    assert_eq!(memory.len(), 3);
    let expected = MemoryState {
        dim: 2,
        embeddings: vec![2.0, 0.0, 3.0, 0.0, 4.0, 0.0],
        labels: vec![2, 3, 4],
    };
    assert_eq!(memory.state(), expected);

    let large: Vec<_> = (0..5_u8).map(|i| vec![f32::from(i), 1.0]).collect();
    remember(&mut memory, &large, &[5, 6, 7, 8, 9]);
    assert_eq!(memory.state().labels, [7, 8, 9]);
}

#[test]
fn an_empty_memory_changes_nothing() {
    let batch = Batch {
        embeddings: vec![
            vec![1.0, 0.2],
            vec![0.3, 1.0],
            vec![0.9, 0.5],
            vec![0.1, 0.7],
        ],
        labels: vec![0, 1, 0, 1],
    };
    for kind in LossKind::ALL {
        if kind.has_prototypes() {
            continue;
        }
        let loss = LossConfig::new(kind)
            .init(2, 2, &device())
            .expect("defaults are in range");
        let (alone, with) = (
            evaluate(&loss, &batch),
            evaluate_with(&loss, &batch, Some(&memory(8))),
        );
        assert_close("value", &[with.value], &[alone.value]);
        assert_close("gradient", &with.gradient, &alone.gradient);
    }
}

#[test]
fn a_saved_memory_goes_on_as_before() {
    let mut before = memory(4);
    remember(&mut before, &[vec![1.0, 0.5], vec![2.0, -1.0]], &[1, 2]);
    let text = serde_json::to_string(&before.state()).expect("plain data");
    let state: MemoryState = serde_json::from_str(&text).expect("the same data");
    let mut after = memory(4);
    after.restore(state, &device()).expect("a sound state");
    for memory in [&mut before, &mut after] {
        remember(memory, &[vec![3.0, 3.0]], &[3]);
    }
    assert_eq!(before.state(), after.state());

    let batch = Batch {
        embeddings: vec![vec![1.0, 0.2]],
        labels: vec![1],
    };
    let loss = LossConfig::new(LossKind::SupCon)
        .init(2, 1, &device())
        .expect("defaults are in range");
    let value = |memory| evaluate_with(&loss, &batch, Some(memory)).value;
    assert!(value(&before) > 0.0);
    assert_close("value", &[value(&after)], &[value(&before)]);
}

#[test]
fn a_broken_state_is_refused_and_changes_nothing() {
    let mut memory = memory(4);
    remember(&mut memory, &[vec![1.0, 0.5]], &[1]);
    let sound = memory.state();
    for (embeddings, labels) in [
        (vec![1.0, 2.0, 3.0], vec![1, 2]),
        (vec![1.0, f32::NAN], vec![1]),
    ] {
        let state = MemoryState {
            dim: 2,
            embeddings,
            labels,
        };
        let error = memory.restore(state, &device()).expect_err("broken");
        assert!(matches!(error, LossError::BrokenMemory { .. }));
        assert_eq!(memory.state(), sound);
    }
    memory
        .restore(MemoryState::default(), &device())
        .expect("an empty memory is sound");
    assert!(memory.is_empty());
}

#[test]
fn prototypes_have_no_use_for_it() {
    let loss = LossConfig::new(LossKind::ArcFace)
        .init(2, 1, &device())
        .expect("defaults are in range");
    assert_eq!(loss.new_memory(8).err(), Some(LossError::NoPairs));
}
