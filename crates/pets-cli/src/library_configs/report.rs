//! What is drawn of a run.

use pets::viz::{TsneConfig, UmapConfig};
use pets::{ReportConfig, RunSettings};

use crate::config::{ResolvedSettings, effective_toml};

impl ResolvedSettings {
    /// What is drawn of a run.
    pub(crate) fn report_config(&self) -> ReportConfig {
        let (visualization, seed) = (&self.config.visualization, self.config.seed);
        ReportConfig {
            theme: visualization.theme,
            tsne: TsneConfig {
                perplexity: visualization.tsne_perplexity,
                iterations: visualization.tsne_iterations,
                seed,
                engine: visualization.tsne_engine,
            },
            umap: UmapConfig {
                n_neighbors: visualization.umap_n_neighbors,
                min_dist: visualization.umap_min_dist,
                seed,
            },
            num_queries: visualization.num_queries,
            num_samples: visualization.num_samples,
            seed,
            settings: self.run_settings(),
        }
    }

    /// How a run was made, as its page tells.
    pub(crate) fn run_settings(&self) -> RunSettings {
        let Some(provenance) = &self.provenance else {
            return RunSettings {
                toml: effective_toml(&self.layers),
                loss: self.config.loss.kind.to_string(),
            };
        };
        let loss = provenance.get("loss.type").and_then(toml::Value::as_str);
        RunSettings {
            toml: provenance.text().to_owned(),
            loss: loss.unwrap_or("unknown").to_owned(),
        }
    }
}
