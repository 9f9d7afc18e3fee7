//! One picture, from scene to trimap.

use image::{GrayImage, RgbImage};

use crate::animal::{Pose, draw_animal, draw_whiskers, individual};
use crate::dice::{Dice, Purpose};
use crate::light::Light;
use crate::nuisance::NUISANCE;
use crate::paint::Layer;
use crate::scene::{draw_backdrop, draw_ground_shadow, draw_occluder};
use crate::trimap::trimap;
use crate::{Breed, DrawConfig, camera};

/// A drawn picture and where its animal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The picture.
    pub image: RgbImage,
    /// [`ANIMAL`](crate::ANIMAL), [`BACKGROUND`](crate::BACKGROUND) or [`BORDER`](crate::BORDER) for each pixel.
    pub trimap: GrayImage,
}

/// Draws picture `picture` (from 0) of a breed.
///
/// The result depends on the seed and size of `config`, the breed and the number alone; `picture` may go beyond
/// [`DrawConfig::images`] for more individuals of the breed.
pub fn draw(config: &DrawConfig, breed: &Breed, picture: usize) -> Drawing {
    let dice = &mut Dice::new(config.seed(), Purpose::Picture, breed.index, picture);
    let size = config.size();
    let edge = size as f32;
    let animal = individual(&breed.traits, dice);
    let pose = Pose::draw(&animal, size, dice);
    let light = Light::draw(dice);
    let mut scene = draw_backdrop(size, &pose, dice);
    camera::blur(&mut scene, dice.between(NUISANCE.depth_of_field) * edge);
    draw_ground_shadow(&mut scene, &pose);
    let figure = draw_animal(size, &animal, &pose, &light, dice);
    scene.put(&figure);
    draw_whiskers(&mut scene, &animal, &pose, dice);
    let occluder = draw_occluder(size, dice);
    if let Some(occluder) = &occluder {
        scene.put(occluder);
    }
    light.dapple(&mut scene, dice);
    light.expose(&mut scene);
    camera::blur(&mut scene, dice.between(NUISANCE.defocus) * edge);
    camera::noise(&mut scene, dice.between(NUISANCE.noise), dice);
    Drawing {
        image: rgb(&scene),
        trimap: trimap(
            &figure.alpha(),
            occluder.map(|layer| layer.alpha()).as_deref(),
            size,
        ),
    }
}

/// The colours of an opaque layer.
fn rgb(layer: &Layer) -> RgbImage {
    let bytes = layer
        .bytes()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    RgbImage::from_raw(layer.size(), layer.size(), bytes)
        .expect("three bytes for each of size × size pixels")
}
