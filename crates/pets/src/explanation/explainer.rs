//! Activation maps of pictures, and how much of them is on the animal.

use std::path::{Path, PathBuf};

use burn::tensor::{Tensor, TensorData};
use pets_data::decode;
use pets_model::{ActivationMap, MapMethod, MapTarget, stage_index};
use pets_viz::{CamRow, HeatMap, Picture, Pointing, Theme, gradcam_sheet, pointing};
use serde::Serialize;

use super::{AnimalMask, Prototypes, QueryImage};
use crate::dataset::PreparedDataset;
use crate::error::Error;
use crate::files::{save_picture, write_json};
use crate::model::{Model, values};

/// A picture to explain.
#[derive(Debug, Clone)]
pub struct ExplainedImage {
    /// The picture.
    pub image: QueryImage,
    /// Its label, where that is known.
    pub label: Option<u32>,
    /// Where the animal is, where that is known.
    pub mask: Option<AnimalMask>,
}

impl From<QueryImage> for ExplainedImage {
    /// A picture of which nothing is known.
    fn from(image: QueryImage) -> Self {
        Self {
            image,
            label: None,
            mask: None,
        }
    }
}

/// What is explained of each picture.
#[derive(Debug, Clone)]
pub enum ExplanationTarget<'a> {
    /// Its similarity to the prototype of its breed, or of the nearest breed where its own is not known.
    Breed(&'a Prototypes),
    /// Its similarity to another picture, in both of them.
    Image(&'a ExplainedImage),
    /// A value of its embedding, counted from 0.
    Dimension(usize),
}

/// Shows where a model looks.
#[derive(Debug, Clone, Copy)]
pub struct Explainer<'a> {
    model: &'a Model,
    stage: usize,
    method: MapMethod,
}

/// Activation maps of several pictures.
#[derive(Debug, Clone)]
pub struct Explanation {
    stage: &'static str,
    method: MapMethod,
    /// Each picture with its map.
    pub rows: Vec<CamRow>,
    records: Vec<MapRecord>,
}

/// What is written beside a sheet of maps.
#[derive(Debug, Serialize)]
pub struct ExplanationRecord<'a> {
    format: u32,
    stage: &'static str,
    method: &'static str,
    /// Absent where no mask is known.
    pub on_the_animal: Option<OnTheAnimal>,
    maps: &'a [MapRecord],
}

/// A map and what it says.
#[derive(Debug, Clone, Serialize)]
pub struct MapRecord {
    picture: String,
    explained: String,
    score: f32,
    nothing_to_show: bool,
    /// Absent where there is nothing to show, or where it is not known where the animal is.
    pub pointing: Option<Pointing>,
}

/// The pointing game over the maps of pictures whose masks are known: means and a share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OnTheAnimal {
    /// Maps whose masks are known.
    pub maps: usize,
    /// Mean share of a map's mass on the animal.
    pub mass: f64,
    /// Mean share of a picture that the animal covers.
    pub area: f64,
    /// Share of maps whose largest value is on the animal.
    pub maximum: f64,
}

impl<'a> Explainer<'a> {
    /// Explains by the activation of the stage of this name, or of the last one.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] names the backbone's stages where there is no such one.
    pub fn new(model: &'a Model, stage: Option<&str>, method: MapMethod) -> Result<Self, Error> {
        let architecture = model.architecture();
        let stage = match stage {
            Some(name) => stage_index(name, architecture)?,
            None => architecture.stages().len() - 1,
        };
        Ok(Self {
            model,
            stage,
            method,
        })
    }

    /// Explains each picture.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchDimension`] for a value that an embedding does not have, [`Error::Data`] for a picture that cannot be
    /// transformed.
    pub fn explain(
        &self,
        images: &[ExplainedImage],
        target: &ExplanationTarget<'_>,
    ) -> Result<Explanation, Error> {
        let mut explanation = Explanation {
            stage: self.model.architecture().stages()[self.stage],
            method: self.method,
            rows: Vec::new(),
            records: Vec::new(),
        };
        for image in images {
            for (image, target, explained) in self.targets(image, target)? {
                let (row, record) = self.map(image, target, explained)?;
                explanation.rows.push(row);
                explanation.records.push(record);
            }
        }
        Ok(explanation)
    }

    /// The maps to make of a picture, each with what it explains.
    fn targets<'i>(
        &self,
        image: &'i ExplainedImage,
        target: &ExplanationTarget<'i>,
    ) -> Result<Vec<(&'i ExplainedImage, MapTarget, String)>, Error> {
        let like = |name: &str| format!("like {name}");
        Ok(match *target {
            ExplanationTarget::Breed(prototypes) => {
                let known = image
                    .label
                    .and_then(|label| Some((label, prototypes.get(label)?)));
                let nearest = match known {
                    Some(known) => Some(known),
                    None => prototypes.nearest(&values(self.embedding(image)?)),
                };
                let targets = nearest.map(|(label, prototype)| {
                    let data = TensorData::new(prototype.to_vec(), [1, prototype.len()]);
                    let prototype = Tensor::from_data(data, self.model.device());
                    let target = MapTarget::Similarity(prototype);
                    (image, target, like(&prototypes.name(label)))
                });
                targets.into_iter().collect()
            }
            ExplanationTarget::Image(other) => {
                let [here, there] = [self.embedding(image)?, self.embedding(other)?];
                vec![
                    (image, MapTarget::Similarity(there), like(&other.image.name)),
                    (other, MapTarget::Similarity(here), like(&image.image.name)),
                ]
            }
            ExplanationTarget::Dimension(index) => {
                let dim = self.model.dim();
                if index >= dim {
                    return Err(Error::NoSuchDimension { index, dim });
                }
                let explained = format!("in dimension {index}");
                vec![(image, MapTarget::Dimension(index), explained)]
            }
        })
    }

    fn embedding(&self, image: &ExplainedImage) -> Result<Tensor<2>, Error> {
        let input = self.model.input_of(&image.image.pixels)?;
        Ok(self.model.forward(input))
    }

    fn map(
        &self,
        image: &ExplainedImage,
        target: MapTarget,
        explained: String,
    ) -> Result<(CamRow, MapRecord), Error> {
        let input = self.model.input_of(&image.image.pixels)?;
        let network = self.model.network();
        let found = network.activation_map(input, target, self.stage, self.method);
        let (nothing_to_show, score) = (found.is_empty(), found.score);
        let map = heat_map(found)?;
        let pointing = match &image.mask {
            Some(mask) => pointing(&map, &mask.pixels, mask.height, mask.width)?,
            None => None,
        };
        let name = &image.image.name;
        let remark = match pointing {
            _ if nothing_to_show => "; nothing to show".to_owned(),
            Some(found) => format!("; {:.0} % on the animal", 100.0 * found.mass_on_object),
            None => String::new(),
        };
        let row = CamRow {
            image: image.image.pixels.clone(),
            caption: format!("{name}: {score:.2} {explained}{remark}"),
            map,
        };
        let record = MapRecord {
            picture: name.clone(),
            explained,
            score,
            nothing_to_show,
            pointing,
        };
        Ok((row, record))
    }
}

impl Explanation {
    /// The pictures with their maps on one sheet.
    ///
    /// # Errors
    ///
    /// [`Error::Viz`] where there is nothing to draw.
    pub fn sheet(&self, theme: Theme) -> Result<Picture, Error> {
        let title = format!("{} at {}", method_name(self.method), self.stage);
        Ok(gradcam_sheet(Some(&title), theme, &self.rows)?)
    }

    /// Writes the sheet as `path` with the extension `png`, and what it says beside it as JSON; returns both files.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] and [`Error::Viz`] name the file that cannot be written.
    pub fn save(&self, path: &Path, theme: Theme) -> Result<[PathBuf; 2], Error> {
        let [sheet, record] = ["png", "json"].map(|extension| path.with_extension(extension));
        save_picture(&self.sheet(theme)?, &sheet)?;
        write_json(&record, &self.record())?;
        Ok([sheet, record])
    }

    /// What the maps say, for programs.
    pub fn record(&self) -> ExplanationRecord<'_> {
        ExplanationRecord {
            format: 1,
            stage: self.stage,
            method: method_name(self.method),
            on_the_animal: on_the_animal(&self.records),
            maps: &self.records,
        }
    }
}

/// Test images of a dataset, from all over them, with what is known of them: `count` at most.
///
/// # Errors
///
/// [`Error::Data`] names the picture that cannot be read.
pub fn images_to_explain(
    data: &PreparedDataset,
    count: usize,
) -> Result<Vec<ExplainedImage>, Error> {
    let test = &data.split.test;
    let count = count.min(test.len());
    (0..count)
        .map(|step| test[(2 * step + 1) * test.len() / (2 * count)])
        .map(|sample| {
            let sample = &data.dataset.samples()[sample];
            Ok(ExplainedImage {
                image: QueryImage {
                    pixels: decode(&sample.path)?.into_image(),
                    name: sample.name.clone(),
                },
                label: Some(sample.label as u32),
                mask: AnimalMask::of(&sample.path)?,
            })
        })
        .collect()
}

fn method_name(method: MapMethod) -> &'static str {
    match method {
        MapMethod::GradCam => "Grad-CAM",
        MapMethod::LayerCam => "Layer-CAM",
    }
}

fn on_the_animal(records: &[MapRecord]) -> Option<OnTheAnimal> {
    let known: Vec<_> = records
        .iter()
        .filter_map(|record| record.pointing)
        .collect();
    let mean =
        |value: fn(&Pointing) -> f64| known.iter().map(value).sum::<f64>() / known.len() as f64;
    (!known.is_empty()).then(|| OnTheAnimal {
        maps: known.len(),
        mass: mean(|found| found.mass_on_object),
        area: mean(|found| found.area_of_object),
        maximum: mean(|found| f64::from(u8::from(found.maximum_on_object))),
    })
}

fn heat_map(map: ActivationMap) -> Result<HeatMap, Error> {
    Ok(HeatMap::new(map.values, map.height, map.width)?)
}
