//! Where the animal is in the picture, and how it holds itself.

use tiny_skia::Transform;

use super::posture::Stance;
use crate::breed::{Species, Traits};
use crate::dice::Dice;
use crate::nuisance::NUISANCE;
use crate::paint::Xy;

/// How an individual sits in a picture.
///
/// Head coordinates: the head is about a sphere of radius 1 around the origin, x to the right of the picture, y down,
/// z towards the viewer. The body's coordinates share origin and unit.
pub(crate) struct Pose {
    yaw: (f32, f32),
    pitch: (f32, f32),
    head_view: Transform,
    body_view: Transform,
    /// Head radius in pixels.
    pub(crate) radius: f32,
    /// Where the head is, in pixels.
    pub(crate) head: Xy,
    pub(crate) stance: Stance,
    /// The side a lying body or a tail points to.
    pub(crate) side: f32,
    /// Where the eyes look, in iris radii.
    pub(crate) gaze: Xy,
    /// How far the eyes are open, 0 to 1.
    pub(crate) eyes_open: f32,
    /// How wide the pupils are, 0 to 1.
    pub(crate) pupils: f32,
    /// Whether the tongue hangs out.
    pub(crate) panting: bool,
}

impl Pose {
    pub(crate) fn draw(breed: &Traits, size: u32, dice: &mut Dice) -> Self {
        let size = size as f32;
        let n = &NUISANCE;
        let dog = breed.species == Species::Dog;
        let yaw = dice.mostly(n.yaw) + dice.around(n.yaw * 0.35);
        let pitch = dice.mostly(n.pitch) + if dog { 0.1 } else { 0.0 };
        let roll = dice.mostly(n.roll);
        let share = dice.between((0.0, 1.0));
        let scale = n.scale.0 + (n.scale.1 - n.scale.0) * share;
        let stance = if dice.chance(0.7) {
            Stance::Sitting
        } else {
            Stance::Lying
        };
        let side = dice.sign();
        let usual = stance.usual_place(share, side);
        let head = (
            (usual.0 + dice.around(n.shift)) * size,
            (usual.1 + dice.mostly(n.shift)) * size,
        );
        let radius = scale * size;
        let view = |angle: f32| {
            Transform::from_translate(head.0, head.1)
                .pre_concat(Transform::from_rotate(angle.to_degrees()))
                .pre_scale(radius, radius)
        };
        Self {
            yaw: yaw.sin_cos(),
            pitch: pitch.sin_cos(),
            head_view: view(roll),
            body_view: view(roll * 0.15 + dice.around(n.lean)),
            radius,
            head,
            stance,
            side,
            gaze: (
                (yaw * 0.6 + dice.around(0.3)).clamp(-0.4, 0.4),
                dice.around(0.15),
            ),
            eyes_open: *dice.pick(&[0.08, 0.65, 0.8, 0.9, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
            pupils: dice.between((0.0, 1.0)),
            panting: dog && dice.chance(0.35),
        }
    }

    /// Where a place of the head appears, in the head's view.
    pub(crate) fn project(&self, x: f32, y: f32, z: f32) -> Xy {
        let (sin, cos) = self.yaw;
        let depth = z * cos - x * sin;
        let (sin_pitch, cos_pitch) = self.pitch;
        (x * cos + z * sin, y * cos_pitch + depth * sin_pitch)
    }

    /// Where a place on the surface of the head appears, given by its place in the front view.
    pub(crate) fn on_face(&self, x: f32, y: f32) -> Xy {
        let z = (1.0 - x * x * 0.8 - y * y * 0.7).max(0.02).sqrt();
        self.project(x, y, z * 0.9)
    }

    /// Where a place of the head's outline appears: a sphere keeps its width when it turns.
    pub(crate) fn on_rim(&self, x: f32, y: f32, z: f32) -> Xy {
        (x + z * self.yaw.0, y + z * self.pitch.0)
    }

    /// How wide things on a side (−1, 1) of the head appear: less on the side turned away.
    pub(crate) fn foreshortening(&self, side: f32) -> f32 {
        (1.0 - 0.55 * side * self.yaw.0).clamp(0.5, 1.15)
    }

    /// Sine of the turn: positive when the face looks to the right of the picture.
    pub(crate) fn turn(&self) -> f32 {
        self.yaw.0
    }

    pub(crate) fn head_view(&self) -> Transform {
        self.head_view
    }

    pub(crate) fn body_view(&self) -> Transform {
        self.body_view
    }
}
