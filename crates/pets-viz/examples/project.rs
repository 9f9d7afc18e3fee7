//! Maps of embeddings in a file, as JSON: `project tsne|umap FILE DIM [SEED]`.
//!
//! The file holds rows of `DIM` float32 values, little-endian, and nothing else. `benches/peer/projections.py` holds
//! the maps against those of scikit-learn and umap-learn.

use std::error::Error;

use pets_viz::{TsneConfig, UmapConfig, tsne, umap};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (method, path, dim, seed) = match &arguments[..] {
        [method, path, dim] => (method, path, dim.parse()?, 42),
        [method, path, dim, seed] => (method, path, dim.parse()?, seed.parse()?),
        _ => return Err("usage: project tsne|umap FILE DIM [SEED]".into()),
    };
    let bytes = std::fs::read(path)?;
    let (values, rest) = bytes.as_chunks::<4>();
    if dim == 0 || values.len() % dim != 0 || !rest.is_empty() {
        return Err(format!("{path} does not hold rows of {dim} float32 values").into());
    }
    let rows: Vec<f32> = values
        .iter()
        .map(|value| f32::from_le_bytes(*value))
        .collect();
    let n = rows.len() / dim;
    let map = match method.as_str() {
        "tsne" => {
            let config = TsneConfig {
                seed,
                ..TsneConfig::default()
            };
            tsne(&rows, n, dim, &config)?
        }
        "umap" => {
            let config = UmapConfig {
                seed,
                ..UmapConfig::default()
            };
            umap(&rows, n, dim, &config)?
        }
        other => return Err(format!("there is no method {other}; tsne or umap").into()),
    };
    println!("{}", serde_json::to_string(&map)?);
    Ok(())
}
