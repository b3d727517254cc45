//! The embedded networks: which they are, that they are what `models.toml` says, and running them.
//!
//! The only file that names tract.

use std::{fmt, sync::Arc};

use serde::Deserialize;
use sha2::{Digest, Sha256};
#[allow(clippy::wildcard_imports, reason = "the macros that make an operator expand to names from here")]
use tract_onnx::tract_hir::internal::*;
use tract_onnx::{prelude::IntoRunnable, tract_core::internal::tract_linalg::routines::Func};
use zeroize::Zeroizing;

use super::{VisionError, warp::Planes};

/// The list of the networks, written together with them.
const MANIFEST: &str = include_str!("../../models/models.toml");

/// One embedded network, as `models.toml` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Short name; `models/<name>.onnx` is its file.
    pub name: String,
    /// What it is, in words.
    pub what: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// SPDX name of its licence.
    pub licence: String,
    /// The licence's text, relative to `models/`.
    pub licence_file: String,
    /// Shape, order and range of what goes in.
    pub input: String,
    /// Shape and meaning of what comes out.
    pub output: String,
    /// How the file differs from the published one.
    pub changes: String,
    /// Where it was published.
    pub source: Source,
}

/// The package that a network was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Registry, package and version.
    pub package: String,
    /// SHA-256 of the package file, hex.
    pub package_sha256: String,
    /// The file in the package.
    pub path: String,
    /// SHA-256 of that file, hex.
    pub sha256: String,
}

/// The shape of `models.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    model: Vec<Model>,
}

/// The embedded networks.
pub fn models() -> Result<Vec<Model>, VisionError> {
    Ok(toml::from_str::<Manifest>(MANIFEST).map_err(VisionError::Manifest)?.model)
}

/// Which of the networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Faces and landmarks.
    Yunet,
    /// Passive liveness.
    Liveness,
    /// Face embedding.
    Embedding,
}

impl Which {
    fn name(self) -> &'static str {
        match self {
            Self::Yunet => "yunet",
            Self::Liveness => "liveness",
            Self::Embedding => "embedding",
        }
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Yunet => include_bytes!("../../models/yunet.onnx"),
            Self::Liveness => include_bytes!("../../models/liveness.onnx"),
            Self::Embedding => include_bytes!("../../models/embedding.onnx"),
        }
    }
}

/// A network ready to run, on the calling thread.
#[derive(Clone)]
pub(super) struct Network {
    which: Which,
    plan: Arc<TypedRunnableModel>,
}

impl Network {
    /// Checks the embedded bytes of `which` against `models`, then prepares them for running.
    pub(super) fn load(which: Which, models: &[Model]) -> Result<Self, VisionError> {
        let name = which.name();
        let model = models.iter().find(|model| model.name == name).ok_or(VisionError::Unlisted { name })?;
        let bytes = which.bytes();
        check(name, bytes, &model.sha256)?;
        let mut onnx = tract_onnx::onnx();
        onnx.op_register.insert("PRelu", |_, _| Ok((expand(PRelu), vec![])));
        let plan = onnx
            .model_for_read(&mut &*bytes)
            .and_then(InferenceModelExt::into_optimized)
            .and_then(IntoRunnable::into_runnable)
            .map_err(|source| VisionError::Unusable { name, source: source.into() })?;
        Ok(Self { which, plan })
    }

    /// Runs the network on one picture. The outputs in the order of the file, each flat, wiped on drop; tract's own
    /// intermediate results are not.
    pub(super) fn run(&self, picture: &Planes) -> Result<Vec<Zeroizing<Vec<f32>>>, VisionError> {
        let failed = |source: TractError| VisionError::Run { name: self.name(), source: source.into() };
        let input = Tensor::from_shape(&picture.shape(), picture.values()).map_err(failed)?;
        let outputs = self.plan.run(tvec!(input.into())).map_err(failed)?;
        let flat = |output: &TValue| Ok(Zeroizing::new(output.try_as_plain_ram()?.as_slice()?.to_vec()));
        outputs.iter().map(|output| flat(output).map_err(failed)).collect()
    }

    /// The name in `models.toml`.
    pub(super) fn name(&self) -> &'static str {
        self.which.name()
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Network").field(&self.name()).finish()
    }
}

/// max(x, 0) + a·min(x, 0), the slope a one per channel: input 0 is 1×C×H×W, input 1 holds C slopes.
///
/// In place of tract's own, which compares, multiplies and selects into three new tensors.
#[derive(Debug, Clone, Hash, PartialEq, Eq)]
struct PRelu;

impl Op for PRelu {
    fn name(&self) -> StaticName {
        "PRelu".into()
    }
    op_as_typed_op!();
}

impl EvalOp for PRelu {
    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let (x, slopes) = args_2!(inputs);
        let mut x = x.into_tensor();
        let slopes = slopes.try_as_plain_ram()?;
        let slopes = slopes.as_slice::<f32>()?;
        ensure!(x.len() > 0 && !slopes.is_empty() && x.len() % slopes.len() == 0, "PRelu takes a slope per channel");
        let kernel = Func::LeakyRelu.ew_f32_param()?;
        let channel_len = x.len() / slopes.len();
        let mut values = x.try_as_plain_ram_mut()?;
        for (channel, slope) in values.as_slice_mut::<f32>()?.chunks_exact_mut(channel_len).zip(slopes) {
            kernel.run_with_params(channel, *slope)?;
        }
        Ok(tvec!(x.into()))
    }
    op_out_of_plan!();
}

impl TypedOp for PRelu {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let [x, _] = inputs else { bail!("PRelu takes a tensor and its slopes") };
        Ok(tvec!(x.without_value()))
    }
    as_op!();
}

impl Expansion for PRelu {
    fn name(&self) -> StaticName {
        Op::name(self)
    }
    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        let ([x, _], [y]) = (inputs, outputs) else { bail!("PRelu takes a tensor and its slopes") };
        solver.equals(&x.datum_type, &y.datum_type)?;
        solver.equals(&x.shape, &y.shape)
    }
    fn wire(&self, name: &str, model: &mut TypedModel, inputs: &[OutletId]) -> TractResult<TVec<OutletId>> {
        model.wire_node(name, Self, inputs)
    }
}

/// Refuses `bytes` whose SHA-256 is not `expected`.
fn check(name: &'static str, bytes: &[u8], expected: &str) -> Result<(), VisionError> {
    let found = sha256_hex(bytes);
    if found == expected { Ok(()) } else { Err(VisionError::Changed { name, expected: expected.to_owned(), found }) }
}

fn sha256_hex(bytes: &[u8]) -> String {
    let nibbles = Sha256::digest(bytes).into_iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
    nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Which; 3] = [Which::Yunet, Which::Liveness, Which::Embedding];

    #[test]
    fn every_network_is_listed_under_its_digest_and_none_besides() {
        let models = models().unwrap();
        assert_eq!(models.iter().map(|model| model.name.as_str()).collect::<Vec<_>>(), ALL.map(Which::name));
        for (which, model) in ALL.into_iter().zip(&models) {
            assert_eq!(sha256_hex(which.bytes()), model.sha256, "{}", model.name);
        }
    }

    #[test]
    fn a_network_with_another_digest_is_refused_by_name() {
        let mut models = models().unwrap();
        models[1].sha256.replace_range(..1, "x");
        let refusal = Network::load(Which::Liveness, &models).unwrap_err();
        assert!(matches!(refusal, VisionError::Changed { name: "liveness", .. }), "{refusal}");
    }

    #[test]
    fn a_network_that_is_not_listed_is_refused_by_name() {
        let refusal = Network::load(Which::Yunet, &[]).unwrap_err();
        assert!(matches!(refusal, VisionError::Unlisted { name: "yunet" }), "{refusal}");
    }
}
