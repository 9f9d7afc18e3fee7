//! `pets gradcam`: which parts of pictures make a model think of a breed.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use burn::tensor::{Tensor, TensorData};
use image::RgbImage;
use pets_data::{TransformBuffers, decode};
use pets_train::RunFolder;
use pets_viz::{CamRow, HeatMap, Picture, gradcam_sheet};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::arguments::{ModelFile, Settings};
use crate::config::Config;
use crate::judged::{Judged, judge};
use crate::prototypes::Prototypes;
use crate::retrieval_sheets::{evenly, test_image};

pub(crate) fn run(
    settings: &Settings,
    model: &ModelFile,
    pictures: &[PathBuf],
    stage: Option<&str>,
) -> Result<ExitCode> {
    let judged = judge(settings, model.load_model.as_deref())?;
    let stage = stage_of(&judged.candidate.config, stage)?;
    let rows = if pictures.is_empty() {
        samples(&judged, stage)?
    } else {
        let subjects = pictures
            .iter()
            .map(|path| {
                let name = path
                    .file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                Ok(Subject {
                    image: decode(path)?,
                    name,
                    breed: None,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        explain(&judged, &subjects, stage)?
    };
    let sheet = sheet(&judged.candidate.config, &rows, stage)?;
    let folder = RunFolder::new(&judged.candidate.config.output_dir)
        .results()
        .join("gradcam");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let path = folder.join(if pictures.is_empty() {
        "samples.png"
    } else {
        "pictures.png"
    });
    sheet.save(&path)?;
    println!("{}", path.display());
    Ok(ExitCode::SUCCESS)
}

/// Attention at the last stage for samples of the test images, and a sheet of it.
pub(crate) fn sample_attention(judged: &Judged) -> Result<(Vec<CamRow>, Picture)> {
    let config = &judged.candidate.config;
    let stage = stage_of(config, None)?;
    let rows = samples(judged, stage)?;
    let sheet = sheet(config, &rows, stage)?;
    Ok((rows, sheet))
}

fn sheet(config: &Config, rows: &[CamRow], stage: usize) -> Result<Picture> {
    let name = config.architecture()?.stages()[stage];
    Ok(gradcam_sheet(Some(&format!("Grad-CAM at {name}")), rows)?)
}

fn stage_of(config: &Config, name: Option<&str>) -> Result<usize> {
    let architecture = config.architecture()?;
    Ok(match name {
        Some(name) => pets_model::stage_index(name, architecture)?,
        None => architecture.stages().len() - 1,
    })
}

/// A picture to explain, and its breed where that is known.
struct Subject {
    image: RgbImage,
    name: String,
    breed: Option<u32>,
}

fn samples(judged: &Judged, stage: usize) -> Result<Vec<CamRow>> {
    let positions: Vec<usize> = (0..judged.embeddings.len()).collect();
    let subjects = evenly(
        &positions,
        judged.candidate.config.visualization.num_samples,
    )
    .into_iter()
    .map(|position| {
        let sample = &judged.candidate.materials.dataset.samples()
            [judged.candidate.materials.split.test[position]];
        Ok(Subject {
            image: test_image(judged, position)?,
            name: sample.name.clone(),
            breed: Some(judged.embeddings.labels()[position]),
        })
    })
    .collect::<Result<Vec<_>>>()?;
    explain(judged, &subjects, stage)
}

/// Explains the similarity of each picture to the prototype of its breed, or of the nearest breed
/// where its own is not known.
fn explain(judged: &Judged, subjects: &[Subject], stage: usize) -> Result<Vec<CamRow>> {
    let prototypes = Prototypes::of(&judged.embeddings);
    subjects
        .iter()
        .map(|subject| explain_one(judged, &prototypes, subject, stage))
        .collect()
}

fn explain_one(
    judged: &Judged,
    prototypes: &Prototypes,
    subject: &Subject,
    stage: usize,
) -> Result<CamRow> {
    let device = &judged.candidate.materials.device;
    let image = input_tensor(judged, &subject.image)?;
    let breed = subject.breed.unwrap_or_else(|| {
        let embedding = judged
            .candidate
            .model
            .forward(image.clone())
            .into_data()
            .convert::<f32>();
        prototypes.nearest(&embedding.iter::<f32>().collect::<Vec<_>>())
    });
    let prototype = prototypes.of_breed(breed);
    let target = Tensor::from_data(
        TensorData::new(prototype.to_vec(), [1, prototype.len()]),
        device,
    );
    let map = judged.candidate.model.grad_cam(image, target, stage);
    let breed_name = judged
        .candidate
        .materials
        .class_name(breed as usize)
        .replace('_', " ");
    let nothing = if map.values.iter().all(|value| *value == 0.0) {
        ", nothing to show"
    } else {
        ""
    };
    Ok(CamRow {
        image: subject.image.clone(),
        caption: format!(
            "{}: {:.2} like {breed_name}{nothing}",
            subject.name, map.similarity
        ),
        map: HeatMap::new(map.values, map.height, map.width)?,
    })
}

fn input_tensor(judged: &Judged, picture: &RgbImage) -> Result<Tensor<4>> {
    let transform = judged.candidate.config.eval_transform()?;
    let mut planes = vec![0.0; transform.output_len()];
    let mut rng = ChaCha8Rng::seed_from_u64(judged.candidate.config.seed);
    transform.apply(
        picture,
        &mut rng,
        &mut TransformBuffers::default(),
        &mut planes,
    )?;
    let side = transform.img_size() as usize;
    Ok(Tensor::from_data(
        TensorData::new(planes, [1, 3, side, side]),
        &judged.candidate.materials.device,
    ))
}
