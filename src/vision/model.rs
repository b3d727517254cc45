//! The embedded networks: what they are, that they match `models.toml`, and how they run.
//!
//! The only file that uses tract.

use std::{fmt, sync::Arc};

use serde::Deserialize;
use sha2::{Digest, Sha256};
#[allow(clippy::wildcard_imports, reason = "the operator macros expand to names from here")]
use tract_onnx::tract_hir::internal::*;
use tract_onnx::{prelude::IntoRunnable, tract_core::internal::tract_linalg::routines::Func};
use zeroize::Zeroizing;

use super::{VisionError, warp::Planes};
use countenance_core::protocol::ModelClaim;

/// The list of networks, built together with them.
const MANIFEST: &str = include_str!("../../models/models.toml");

/// One embedded network, as `models.toml` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Short name; the file is `models/<name>.onnx`.
    pub name: String,
    /// Description in words.
    pub what: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// SPDX identifier of its license.
    pub licence: String,
    /// Path of the license text, relative to `models/`.
    pub licence_file: String,
    /// Shape, channel order and range of the input.
    pub input: String,
    /// Shape and meaning of the output.
    pub output: String,
    /// How the file differs from the published one.
    pub changes: String,
    /// Where it was published.
    pub source: Source,
}

impl Model {
    /// Its name and digest.
    pub fn claim(&self) -> ModelClaim {
        ModelClaim { name: self.name.clone(), sha256: self.sha256.clone() }
    }
}

/// The package from which a network was taken.
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

/// The structure of `models.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    model: Vec<Model>,
}

/// The embedded networks.
pub fn models() -> Result<Vec<Model>, VisionError> {
    Ok(toml::from_str::<Manifest>(MANIFEST).map_err(VisionError::Manifest)?.model)
}

/// Name and digest of each embedded network that every capture uses, for the attestation. Of those that score liveness, the
/// policy selects: one is claimed only where it took part in the decision.
pub fn model_claims() -> Result<Vec<ModelClaim>, VisionError> {
    let by_policy = |name: &str| EMBEDDED.iter().any(|own| own.name == name && own.job == Job::Liveness);
    Ok(models()?.iter().filter(|model| !by_policy(&model.name)).map(Model::claim).collect())
}

/// The task of an embedded network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Job {
    /// Faces and landmarks.
    Faces,
    /// Passive liveness.
    Liveness,
    /// Face embedding.
    Embedding,
}

/// A network in this binary.
struct Embedded {
    /// Its name in `models.toml`.
    name: &'static str,
    job: Job,
    bytes: &'static [u8],
}

/// Every network in this binary, in the order of `models.toml`. Several may score liveness; the policy selects which of
/// them count.
const EMBEDDED: [Embedded; 4] = [
    Embedded { name: "yunet", job: Job::Faces, bytes: include_bytes!("../../models/yunet.onnx") },
    Embedded { name: "liveness", job: Job::Liveness, bytes: include_bytes!("../../models/liveness.onnx") },
    Embedded { name: "liveness-wide", job: Job::Liveness, bytes: include_bytes!("../../models/liveness-wide.onnx") },
    Embedded { name: "embedding", job: Job::Embedding, bytes: include_bytes!("../../models/embedding.onnx") },
];

/// A network prepared for running on the calling thread.
#[derive(Clone)]
pub(super) struct Network {
    name: String,
    plan: Arc<TypedRunnableModel>,
}

impl Network {
    /// The embedded network for `job`; the first if there are several.
    pub(super) fn load(job: Job, models: &[Model]) -> Result<Self, VisionError> {
        let mut found = Self::load_all(job, models)?.into_iter();
        found.next().map(|(network, _)| network).ok_or(VisionError::Unlisted { name: "for this job" })
    }

    /// Every embedded network for `job`, with the SHA-256 of its file. The bytes are checked against `models` before
    /// they are prepared for running.
    pub(super) fn load_all(job: Job, models: &[Model]) -> Result<Vec<(Self, String)>, VisionError> {
        let load = |embedded: &Embedded| {
            let name = embedded.name;
            let model = models.iter().find(|model| model.name == name).ok_or(VisionError::Unlisted { name })?;
            check(name, embedded.bytes, &model.sha256)?;
            Ok((Self::prepare(name, embedded.bytes, None)?, model.sha256.clone()))
        };
        EMBEDDED.iter().filter(|embedded| embedded.job == job).map(load).collect()
    }

    /// Prepares the ONNX file `bytes` for running, with the input size from the file or, given `side`, one image of
    /// three square planes with this side.
    ///
    /// External weight files are never loaded: the engine is not given a folder.
    pub(super) fn prepare(name: &str, bytes: &[u8], side: Option<usize>) -> Result<Self, VisionError> {
        let mut onnx = tract_onnx::onnx();
        onnx.op_register.insert("PRelu", |_, _| Ok((expand(PRelu), vec![])));
        let shaped = |model: InferenceModel| match side {
            None => Ok(model),
            Some(side) => takes(model, [1, 3, side, side]),
        };
        let plan = onnx
            .model_for_read(&mut &*bytes)
            .and_then(shaped)
            .and_then(InferenceModelExt::into_optimized)
            .and_then(IntoRunnable::into_runnable)
            .map_err(|source| VisionError::Unusable { name: name.to_owned(), source: source.into() })?;
        Ok(Self { name: name.to_owned(), plan })
    }

    /// Runs the network on one image. Returns the outputs in the order of the file, each flattened and wiped on drop;
    /// tract's own intermediate results are not wiped.
    pub(super) fn run(&self, picture: &Planes) -> Result<Vec<Zeroizing<Vec<f32>>>, VisionError> {
        let failed = |source: TractError| VisionError::Run { name: self.name.clone(), source: source.into() };
        let input = Tensor::from_shape(&picture.shape(), picture.values()).map_err(failed)?;
        let outputs = self.plan.run(tvec!(input.into())).map_err(failed)?;
        let flat = |output: &TValue| Ok(Zeroizing::new(output.try_as_plain_ram()?.as_slice()?.to_vec()));
        outputs.iter().map(|output| flat(output).map_err(failed)).collect()
    }

    /// The error for an output of another shape than the contract or the list promises.
    pub(super) fn misshapen(&self) -> VisionError {
        VisionError::Misshapen { name: self.name.clone() }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Network").field(&self.name).finish()
    }
}

/// Fixes the shape of the only input of `model`. Dimensions that the file leaves open are set; fixed ones must match.
fn takes(model: InferenceModel, shape: [usize; 4]) -> TractResult<InferenceModel> {
    ensure!(model.input_outlets()?.len() == 1, "it has more than one input");
    let own = model.input_fact(0)?;
    let is_f32 = own.datum_type.concretize().is_none_or(|datum| datum == f32::datum_type());
    let fixed = |dim: &DimFact| dim.concretize().and_then(|dim| dim.to_usize().ok());
    let fits = own.shape.dims().zip(shape).all(|(dim, wanted)| fixed(dim).is_none_or(|own| own == wanted));
    ensure!(is_f32 && fits, "its input is {own:?}, not an image of {shape:?}");
    model.with_input_fact(0, f32::fact(shape).into())
}

/// max(x, 0) + a·min(x, 0) with one slope `a` per channel: input 0 is 1×C×H×W, input 1 holds C slopes.
///
/// Replaces tract's own implementation, which compares, multiplies and selects into three new tensors.
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
        ensure!(x.len() > 0 && !slopes.is_empty() && x.len() % slopes.len() == 0, "PRelu takes one slope per channel");
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

/// Rejects `bytes` whose SHA-256 is not `expected`.
fn check(name: &'static str, bytes: &[u8], expected: &str) -> Result<(), VisionError> {
    let found = sha256_hex(bytes);
    if found == expected { Ok(()) } else { Err(VisionError::Changed { name, expected: expected.to_owned(), found }) }
}

/// SHA-256 of `bytes` in lowercase hex.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    let nibbles = Sha256::digest(bytes).into_iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
    nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_exactly_the_embedded_networks() {
        let models = models().unwrap();
        assert_eq!(models.iter().map(|model| model.name.as_str()).collect::<Vec<_>>(), EMBEDDED.map(|e| e.name));
        for (embedded, model) in EMBEDDED.into_iter().zip(&models) {
            assert_eq!(sha256_hex(embedded.bytes), model.sha256, "{}", model.name);
        }
    }

    #[test]
    fn rejects_a_network_with_another_digest() {
        let mut models = models().unwrap();
        models[1].sha256.replace_range(..1, "x");
        let refusal = Network::load(Job::Liveness, &models).unwrap_err();
        assert!(matches!(refusal, VisionError::Changed { name: "liveness", .. }), "{refusal}");
    }

    #[test]
    fn rejects_an_unlisted_network() {
        let refusal = Network::load(Job::Faces, &[]).unwrap_err();
        assert!(matches!(refusal, VisionError::Unlisted { name: "yunet" }), "{refusal}");
    }
}
