//! Finds the pictures of a folder that look most like a picture, by the features of a backbone that is in the library.
//!
//! ```sh
//! cargo run --release -p pets --example search -- QUERY FOLDER
//! ```

use std::path::PathBuf;

use anyhow::Context;
use pets::eval::{Embeddings, search};
use pets::{Model, network::Architecture};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let query = arguments.next().context("usage: search QUERY FOLDER")?;
    let folder = arguments.next().context("usage: search QUERY FOLDER")?;
    let mut files = std::fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    files.sort();

    // With a run of your own: Model::open("outputs")
    let model = Model::bundled(Architecture::EfficientnetLite0)?;
    let (mut paths, mut rows) = (Vec::new(), Vec::new());
    for (file, embedding) in files.iter().zip(model.embed(&files)?) {
        match embedding {
            Ok(embedding) => {
                paths.push(file);
                rows.extend(embedding);
            }
            Err(error) => eprintln!("left out: {error}"),
        }
    }
    let labels = vec![0; paths.len()];
    let gallery = Embeddings::new(rows, model.dim(), labels)?;
    let query = model.embed([query])?.next().context("no query")??;
    for neighbor in search(&gallery, &query, 5, &())?.concat() {
        let similarity = 1.0 - neighbor.distance.powi(2) / 2.0;
        println!("{similarity:.4}  {}", paths[neighbor.index].display());
    }
    Ok(())
}
