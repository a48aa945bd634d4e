//! The model's arithmetic: tokens in, the mean of what comes out, at length one.

use super::{DIMENSIONS, ModelError, ModelFiles};
use crate::unit::unit;
use candle_core::{Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config, DTYPE};
use tokenizers::{Tokenizer, TruncationParams};

/// Tokens beyond these are not read: the model was trained on no more.
const TOKENS: usize = 256;

/// Characters beyond these make no token that is read. A longer text is cut before it is split, for
/// that takes time in proportion.
const CHARS: usize = 128 * TOKENS;

/// The network and its tokenizer.
pub(super) struct Net {
    tokenizer: Tokenizer,
    bert: BertModel,
}

impl Net {
    pub(super) fn load(files: &ModelFiles) -> Result<Self, ModelError> {
        let config: Config = serde_json::from_slice(&files.config).map_err(broken)?;
        let mut tokenizer = Tokenizer::from_bytes(&files.tokenizer).map_err(ModelError::Broken)?;
        let truncation = TruncationParams { max_length: TOKENS, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(ModelError::Broken)?;
        tokenizer.with_padding(None);
        let weights = VarBuilder::from_slice_safetensors(&files.weights, DTYPE, &Device::Cpu)
            .map_err(broken)?;
        let bert = BertModel::load(weights, &config).map_err(broken)?;
        Ok(Self { tokenizer, bert })
    }

    pub(super) fn tokens(&self, text: &str) -> Result<Vec<u32>, ModelError> {
        let end = text.char_indices().nth(CHARS).map_or(text.len(), |(at, _)| at);
        let encoding = self.tokenizer.encode(&text[..end], true).map_err(ModelError::Broken)?;
        Ok(encoding.get_ids().to_vec())
    }

    /// The vectors of texts that have the same number of tokens.
    pub(super) fn vectors(&self, batch: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, ModelError> {
        let means = self.means(batch).map_err(broken)?;
        means
            .into_iter()
            .map(|mean| match unit(mean) {
                Some(vector) if vector.len() == DIMENSIONS => Ok(vector),
                _ => Err(broken(std::io::Error::other("its output is no vector"))),
            })
            .collect()
    }

    /// The mean over the tokens of a text. None of them is padding, so none is left out.
    fn means(&self, batch: &[Vec<u32>]) -> candle_core::Result<Vec<Vec<f32>>> {
        let ids = Tensor::new(batch.to_vec(), &Device::Cpu)?;
        let output = self.bert.forward(&ids, &ids.zeros_like()?, None)?;
        output.mean(1)?.to_vec2()
    }
}

fn broken(cause: impl std::error::Error + Send + Sync + 'static) -> ModelError {
    ModelError::Broken(Box::new(cause))
}
