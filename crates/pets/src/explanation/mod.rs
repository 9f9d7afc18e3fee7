//! Where a model looks in pictures.

mod animal_mask;
mod explainer;
mod prototypes;
mod query_image;

pub use animal_mask::AnimalMask;
pub use explainer::{
    ExplainedImage, Explainer, Explanation, ExplanationRecord, ExplanationTarget, MapRecord,
    OnTheAnimal, images_to_explain,
};
pub use prototypes::Prototypes;
pub use query_image::QueryImage;
