//! Where a model looks in pictures, and how far that is at the animal.

use anyhow::{Result, bail};
use burn::tensor::{Tensor, TensorData};
use pets_data::decode;
use pets_model::{ActivationMap, MapMethod, MapTarget};
use pets_viz::{CamRow, HeatMap, Picture, Pointing, gradcam_sheet, pointing};
use serde::Serialize;

use crate::animal_mask::AnimalMask;
use crate::config::Config;
use crate::judged::Judged;
use crate::outside_picture::{NamedPicture, values};
use crate::prototypes::Prototypes;

/// A picture to explain.
pub(crate) struct Subject {
    pub(crate) picture: NamedPicture,
    /// Its breed, where that is known.
    breed: Option<u32>,
    mask: Option<AnimalMask>,
}

impl Subject {
    /// A picture of which nothing is known.
    pub(crate) fn unknown(picture: NamedPicture) -> Self {
        Self {
            picture,
            breed: None,
            mask: None,
        }
    }
}

/// What is explained of each picture.
pub(crate) enum Aim {
    /// Its similarity to the prototype of its breed, or of the nearest breed where its own is not
    /// known.
    Breed,
    /// Its similarity to another picture.
    Picture(Subject),
    /// A value of its embedding, counted from 0.
    Dimension(usize),
}

/// How maps are made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lens {
    pub(crate) stage: usize,
    pub(crate) method: MapMethod,
}

impl Lens {
    /// Grad-CAM at the stage of this name, or at the last one.
    pub(crate) fn at(config: &Config, stage: Option<&str>, method: MapMethod) -> Result<Self> {
        let architecture = config.model.backbone;
        let stage = match stage {
            Some(name) => pets_model::stage_index(name, architecture)?,
            None => architecture.stages().len() - 1,
        };
        Ok(Self { stage, method })
    }
}

/// A map and what it says, as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct MapRecord {
    picture: String,
    explained: String,
    score: f32,
    nothing_to_show: bool,
    /// Absent where there is nothing to show, or where it is not known where the animal is.
    pub(crate) pointing: Option<Pointing>,
}

/// Maps of several pictures.
pub(crate) struct Attention {
    lens: Lens,
    pub(crate) rows: Vec<CamRow>,
    records: Vec<MapRecord>,
}

/// What is written beside the sheet.
#[derive(Debug, Serialize)]
pub(crate) struct AttentionRecord<'a> {
    format: u32,
    stage: &'static str,
    method: &'static str,
    pub(crate) on_the_animal: Option<OnTheAnimal>,
    maps: &'a [MapRecord],
}

/// The pointing game over the maps of pictures whose masks are known: means and a share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct OnTheAnimal {
    pub(crate) maps: usize,
    pub(crate) mass: f64,
    pub(crate) area: f64,
    pub(crate) maximum: f64,
}

impl Attention {
    pub(crate) fn sheet(&self, config: &Config) -> Result<Picture> {
        let stage = config.model.backbone.stages()[self.lens.stage];
        let title = format!("{} at {stage}", method_name(self.lens.method));
        Ok(gradcam_sheet(
            Some(&title),
            config.visualization.theme,
            &self.rows,
        )?)
    }

    pub(crate) fn record(&self, config: &Config) -> AttentionRecord<'_> {
        AttentionRecord {
            format: 1,
            stage: config.model.backbone.stages()[self.lens.stage],
            method: method_name(self.lens.method),
            on_the_animal: on_the_animal(&self.records),
            maps: &self.records,
        }
    }
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

/// Test images, from all over them.
pub(crate) fn samples(judged: &Judged) -> Result<Vec<Subject>> {
    let (total, wanted) = (
        judged.embeddings.len(),
        judged.candidate.config.visualization.num_samples,
    );
    let count = wanted.min(total);
    (0..count)
        .map(|step| (2 * step + 1) * total / (2 * count))
        .map(|position| {
            let materials = &judged.candidate.materials;
            let sample = &materials.dataset.samples()[materials.split.test[position]];
            Ok(Subject {
                picture: NamedPicture {
                    image: decode(&sample.path)?,
                    name: sample.name.clone(),
                },
                breed: Some(judged.embeddings.labels()[position]),
                mask: AnimalMask::of(&sample.path)?,
            })
        })
        .collect()
}

/// Explains each picture; against another picture in both directions.
pub(crate) fn explain(
    judged: &Judged,
    subjects: &[Subject],
    aim: &Aim,
    lens: Lens,
) -> Result<Attention> {
    let prototypes = Prototypes::of(&judged.embeddings);
    let dim = judged.embeddings.dim();
    let mut attention = Attention {
        lens,
        rows: Vec::new(),
        records: Vec::new(),
    };
    match aim {
        Aim::Breed => {
            for subject in subjects {
                let breed = match subject.breed {
                    Some(breed) => breed,
                    None => {
                        prototypes.nearest(&values(judged.embedding_of(&subject.picture.image)?))
                    }
                };
                let prototype = prototypes.of_breed(breed);
                let target = Tensor::from_data(
                    TensorData::new(prototype.to_vec(), [1, dim]),
                    &judged.candidate.materials.device,
                );
                let likeness = format!("like {}", judged.breed_name(breed));
                attention.add(judged, subject, MapTarget::Similarity(target), &likeness)?;
            }
        }
        Aim::Picture(other) => {
            let there = judged.embedding_of(&other.picture.image)?;
            for subject in subjects {
                let target = MapTarget::Similarity(there.clone());
                let likeness = format!("like {}", other.picture.name);
                attention.add(judged, subject, target, &likeness)?;
                let back = MapTarget::Similarity(judged.embedding_of(&subject.picture.image)?);
                let likeness = format!("like {}", subject.picture.name);
                attention.add(judged, other, back, &likeness)?;
            }
        }
        Aim::Dimension(index) => {
            if *index >= dim {
                bail!(
                    "there is no --dimension {index}: the embedding has {dim} values, 0 to {}",
                    dim - 1
                );
            }
            let value = format!("in dimension {index}");
            for subject in subjects {
                attention.add(judged, subject, MapTarget::Dimension(*index), &value)?;
            }
        }
    }
    Ok(attention)
}

impl Attention {
    fn add(
        &mut self,
        judged: &Judged,
        subject: &Subject,
        target: MapTarget,
        explained: &str,
    ) -> Result<()> {
        let image = judged.input_of(&subject.picture.image)?;
        let found = judged.embedding_model().activation_map(
            image,
            target,
            self.lens.stage,
            self.lens.method,
        );
        let (nothing_to_show, score) = (found.is_empty(), found.score);
        let map = heat_map(found)?;
        let pointing = match &subject.mask {
            Some(mask) => pointing(&map, &mask.pixels, mask.height, mask.width)?,
            None => None,
        };
        let name = &subject.picture.name;
        let remark = match pointing {
            _ if nothing_to_show => "; nothing to show".to_owned(),
            Some(found) => format!("; {:.0} % on the animal", 100.0 * found.mass_on_object),
            None => String::new(),
        };
        self.rows.push(CamRow {
            image: subject.picture.image.clone(),
            caption: format!("{name}: {score:.2} {explained}{remark}"),
            map,
        });
        self.records.push(MapRecord {
            picture: name.clone(),
            explained: explained.to_owned(),
            score,
            nothing_to_show,
            pointing,
        });
        Ok(())
    }
}

fn heat_map(map: ActivationMap) -> Result<HeatMap> {
    Ok(HeatMap::new(map.values, map.height, map.width)?)
}
