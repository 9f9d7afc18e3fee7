//! The operations on tensors of the flex device with autodiff, and their backward steps.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend, Flex};
use burn::tensor::Tensor;

use crate::activation::Activation;
use crate::batch_norm_output::BatchNormOutput;
use crate::cpu::{self, BatchNormShape, ConvShape, SavedInput};
use crate::flex::{self, contiguous, from_values, values};

type Tracked = FloatTensor<Autodiff<Flex>>;

fn primitive<const D: usize>(tensor: Tensor<D>) -> Tracked {
    tensor
        .try_into_primitive::<Autodiff<Flex>>()
        .expect("the tensor's placement is the flex device with autodiff")
}

fn tensor<const D: usize>(primitive: Tracked) -> Tensor<D> {
    Tensor::from_primitive::<Autodiff<Flex>>(primitive)
}

/// A tensor without gradient.
fn constant<const D: usize>(primitive: FlexTensor) -> Tensor<D> {
    tensor(<Autodiff<Flex> as AutodiffBackend>::from_inner(primitive))
}

pub(crate) fn conv2d(x: Tensor<4>, weight: Tensor<4>, shape: ConvShape) -> Tensor<4> {
    let [x, weight] = [x, weight].map(primitive);
    let tracked = [x.is_tracked(), weight.is_tracked()];
    let (x, x_node) = x.into_parts();
    let (weight, weight_node) = weight.into_parts();
    let [x, weight] = [x, weight].map(contiguous);
    let out = flex::conv2d(&x, &weight, &shape, None);
    let step = ConvBackward
        .prepare::<NoCheckpointing>([x_node, weight_node])
        .compute_bound()
        .stateful();
    tensor(match step {
        OpsKind::Tracked(step) => {
            // Each gradient needs the other input.
            let state = ConvState {
                x: tracked[1].then_some(x),
                weight: tracked[0].then_some(weight),
                shape,
            };
            step.finish(state, out)
        }
        OpsKind::UnTracked(step) => step.finish(out),
    })
}

#[derive(Debug)]
struct ConvBackward;

#[derive(Debug, Clone)]
struct ConvState {
    x: Option<FlexTensor>,
    weight: Option<FlexTensor>,
    shape: ConvShape,
}

impl Backward<Flex, 2> for ConvBackward {
    type State = ConvState;

    fn backward(
        self,
        ops: Ops<ConvState, 2>,
        grads: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let gradient = contiguous(grads.consume::<Flex>(&ops.node));
        let [x_node, weight_node] = ops.parents;
        let ConvState { x, weight, shape } = ops.state;
        let depthwise = shape.depthwise;
        if let (Some(node), Some(x)) = (weight_node, x) {
            let compute = if depthwise {
                cpu::depthwise_weight_gradient
            } else {
                cpu::conv2d_weight_gradient
            };
            let [height, width] = shape.kernel;
            let channels_in = if depthwise { 1 } else { shape.channels_in };
            let weight_gradient = compute(values(&gradient), values(&x), &shape);
            let dims = [shape.channels_out, channels_in, height, width];
            grads.register::<Flex>(node.id, from_values(weight_gradient, dims));
        }
        if let (Some(node), Some(weight)) = (x_node, weight) {
            let compute = if depthwise {
                cpu::depthwise_input_gradient
            } else {
                cpu::conv2d_input_gradient
            };
            let [height, width] = shape.input;
            let input_gradient = compute(values(&gradient), values(&weight), &shape);
            let dims = [shape.batch, shape.channels_in, height, width];
            grads.register::<Flex>(node.id, from_values(input_gradient, dims));
        }
    }
}

pub(crate) fn max_pool2d(x: Tensor<4>, shape: ConvShape) -> Tensor<4> {
    let (x, node) = primitive(x).into_parts();
    let x = contiguous(x);
    let out = flex::max_pool2d(&x, &shape);
    let step = MaxPoolBackward
        .prepare::<NoCheckpointing>([node])
        .compute_bound()
        .stateful();
    tensor(match step {
        OpsKind::Tracked(step) => step.finish(MaxPoolState { x, shape }, out),
        OpsKind::UnTracked(step) => step.finish(out),
    })
}

#[derive(Debug)]
struct MaxPoolBackward;

#[derive(Debug, Clone)]
struct MaxPoolState {
    x: FlexTensor,
    shape: ConvShape,
}

impl Backward<Flex, 1> for MaxPoolBackward {
    type State = MaxPoolState;

    fn backward(
        self,
        ops: Ops<MaxPoolState, 1>,
        grads: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let gradient = contiguous(grads.consume::<Flex>(&ops.node));
        let MaxPoolState { x, shape } = ops.state;
        let [node] = ops.parents;
        if let Some(node) = node {
            let [height, width] = shape.input;
            let out = cpu::max_pool2d_input_gradient(values(&gradient), values(&x), &shape);
            let dims = [shape.batch, shape.channels_in, height, width];
            grads.register::<Flex>(node.id, from_values(out, dims));
        }
    }
}

pub(crate) fn batch_norm(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    residual: Option<Tensor<4>>,
    shape: BatchNormShape,
) -> BatchNormOutput {
    let dims = x.dims();
    let channels = shape.channels;
    let (x, x_node) = primitive(x).into_parts();
    let (gamma, gamma_node) = primitive(gamma).into_parts();
    let (beta, beta_node) = primitive(beta).into_parts();
    let [x, gamma, beta] = [x, gamma, beta].map(contiguous);
    let (residual, residual_node) = match residual {
        Some(residual) => {
            let (residual, node) = primitive(residual).into_parts();
            (Some(contiguous(residual)), node)
        }
        // A step has a fixed number of parents: a constant stands for the residual.
        None => (None, primitive(constant::<1>(beta.clone())).node()),
    };
    let normalized = shape.forward(
        values(&x),
        values(&gamma),
        values(&beta),
        residual.as_ref().map(values),
    );
    drop(residual);
    let [mean, variance] =
        [normalized.mean, normalized.variance].map(|channel| from_values(channel, [channels]));
    let out = from_values(normalized.out, dims);
    let step = BatchNormBackward
        .prepare::<NoCheckpointing>([x_node, gamma_node, beta_node, residual_node])
        .compute_bound()
        .stateful();
    let output = match step {
        OpsKind::Tracked(step) => {
            let state = BatchNormState {
                x,
                gamma,
                mean: mean.clone(),
                variance: variance.clone(),
                out: (shape.activation != Activation::Identity).then(|| out.clone()),
                shape,
            };
            step.finish(state, out)
        }
        OpsKind::UnTracked(step) => step.finish(out),
    };
    BatchNormOutput {
        output: tensor(output),
        mean: constant(mean),
        variance: constant(variance),
    }
}

#[derive(Debug)]
struct BatchNormBackward;

#[derive(Debug, Clone)]
struct BatchNormState {
    x: FlexTensor,
    gamma: FlexTensor,
    mean: FlexTensor,
    variance: FlexTensor,
    /// The output, where an activation follows.
    out: Option<FlexTensor>,
    shape: BatchNormShape,
}

impl Backward<Flex, 4> for BatchNormBackward {
    type State = BatchNormState;

    fn backward(
        self,
        ops: Ops<BatchNormState, 4>,
        grads: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let mut gradient = contiguous(grads.consume::<Flex>(&ops.node));
        let [x_node, gamma_node, beta_node, residual_node] = ops.parents;
        let state = ops.state;
        let dims: [usize; 4] = gradient.layout().shape().dims();
        let channels = [state.shape.channels];
        let mut residual = residual_node
            .as_ref()
            .map(|_| vec![0.0; dims.iter().product()]);
        let input = SavedInput {
            x: values(&state.x),
            gamma: values(&state.gamma),
            mean: values(&state.mean),
            variance: values(&state.variance),
        };
        let (gamma, beta) = state.shape.backward(
            gradient.storage_mut(),
            residual.as_deref_mut(),
            &input,
            state.out.as_ref().map_or(input.x, values),
        );
        if let Some(node) = x_node {
            grads.register::<Flex>(node.id, gradient);
        }
        if let Some(node) = gamma_node {
            grads.register::<Flex>(node.id, from_values(gamma, channels));
        }
        if let Some(node) = beta_node {
            grads.register::<Flex>(node.id, from_values(beta, channels));
        }
        if let (Some(node), Some(residual)) = (residual_node, residual) {
            grads.register::<Flex>(node.id, from_values(residual, dims));
        }
    }
}
