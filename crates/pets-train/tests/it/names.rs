//! Every choice has a name by which a configuration knows it.

use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use pets_train::{
    BatchPlan, LearningRate, Monitor, OnNan, OnNanKind, OptimizerKind, SamplerKind, Schedule,
    ScheduleKind, TrainError,
};

/// Every name is read as what it names, no two are the same, and another is refused with the list of them.
fn names<T>(all: &[T]) -> Vec<String>
where
    T: Copy + PartialEq + Debug + Display + FromStr<Err = TrainError>,
{
    let names: Vec<String> = all.iter().map(ToString::to_string).collect();
    for (name, choice) in names.iter().zip(all) {
        assert_eq!(name.parse::<T>().unwrap(), *choice);
    }
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    let refusal = "nothing like it".parse::<T>().unwrap_err().to_string();
    assert!(refusal.ends_with(&names.join(", ")), "{refusal}");
    names
}

#[test]
fn choices_are_read_by_their_names() {
    assert_eq!(names(&OptimizerKind::ALL), ["adam", "adamw"]);
    assert_eq!(names(&Monitor::ALL), ["val_loss", "recall@1", "map@r"]);
    assert_eq!(names(&OnNanKind::ALL), ["stop", "skip"]);
    assert_eq!(
        names(&SamplerKind::ALL),
        ["m_per_class", "shuffle", "hard_negative"]
    );
    assert_eq!(
        names(&ScheduleKind::ALL),
        ["warmup_cosine", "none", "step", "plateau", "cosine"]
    );
}

#[test]
fn what_a_schedule_uses_shows_in_its_rates() {
    for kind in ScheduleKind::ALL {
        let rate = |epoch: f64, num_epochs| {
            let schedule = Schedule::new(kind);
            LearningRate::new(schedule, 1e-3, num_epochs)
                .unwrap()
                .at(epoch)
        };
        assert_eq!(
            (rate(8.0, 10) - rate(8.0, 20)).abs() > 1e-6,
            kind.is_spread_over_the_run(),
            "{kind}"
        );
        let written = serde_json::to_value(Schedule::new(kind)).unwrap();
        assert_eq!(written.get("min_lr").is_some(), kind.has_lowest_rate());
    }
}

#[test]
fn names_in_files_are_the_same() {
    for monitor in Monitor::ALL {
        assert_eq!(
            serde_json::to_value(monitor).unwrap(),
            monitor.to_string().as_str()
        );
    }
    for optimizer in OptimizerKind::ALL {
        assert_eq!(
            serde_json::to_value(optimizer).unwrap(),
            optimizer.to_string().as_str()
        );
    }
    for kind in ScheduleKind::ALL {
        let schedule = serde_json::to_value(Schedule::new(kind)).unwrap();
        assert_eq!(schedule["type"], kind.to_string().as_str());
    }
}

#[test]
fn each_kind_has_its_numbers() {
    for kind in ScheduleKind::ALL {
        assert_eq!(Schedule::new(kind).kind(), kind);
    }
    assert_eq!(OnNan::new(OnNanKind::Stop), OnNan::Stop);
    assert_eq!(OnNan::new(OnNanKind::Skip), OnNan::Skip { at_most: 10 });
    assert_eq!(
        BatchPlan::new(SamplerKind::HardNegative),
        BatchPlan::HardNegatives {
            m: 4,
            group: 4,
            every: 1
        }
    );
}
