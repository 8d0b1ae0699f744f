using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;

namespace Bert.MLNet;

/// <summary>Extension methods that save checkpoints as ONNX files, for programs without this library.</summary>
public static class BertOnnxFile
{
    private const string DotProducts =
        "processors with int8 dot products: x64 with AVX-512 VNNI, AVX-VNNI or AMX, and Arm. On other x64 processors ONNX Runtime adds " +
        "two products in 16 bits, which saturate, " +
        "unless the session is opened with the entry " + IntegerProducts.SessionOption + " = 1.";

    /// <summary>
    /// Saves a checkpoint as one ONNX file with its weights, in the format of HuggingFace's exports. The inputs are <c>input_ids</c>,
    /// <c>attention_mask</c> and, if the checkpoint has several token types, <c>token_type_ids</c>, all Int64 of [batch, sequence]. The
    /// outputs are single-precision numbers: those of the checkpoint's head, or of the encoder if it has no head, or if its head is for
    /// masked words and <see cref="BertModel.Sentence"/> defines its vectors.
    /// </summary>
    /// <remarks>
    /// <list type="table">
    /// <item><term><c>logits</c></term><description>[batch, labels] for a classifier or cross-encoder, [batch, sequence, labels] for a
    /// token classifier, [batch, sequence, vocabulary] for masked words.</description></item>
    /// <item><term><c>start_logits</c>, <c>end_logits</c></term><description>[batch, sequence], for question
    /// answering.</description></item>
    /// <item><term><c>seq_relationship_logits</c></term><description>[batch, 2], for next-sentence prediction.</description></item>
    /// <item><term><c>last_hidden_state</c></term><description>[batch, sequence, hidden], for a model without a head or with sentence
    /// options, and <c>pooler_output</c>, [batch, hidden], if it has a pooler.</description></item>
    /// <item><term><c>last_layers_mean.N</c></term><description>[batch, sequence, hidden], in addition, if vectors are pooled from the mean
    /// of the last N layers.</description></item>
    /// </list>
    /// To tokenize texts, use the vocabulary that <see cref="BertModel.SavePretrained"/> saves; <see cref="SavePretrainedOnnx"/> saves
    /// both. The operators are those
    /// of ONNX opset 20.
    /// <para>
    /// An int8 model is saved as int8, with signed weights. Their products are exact on x64 processors with VNNI or AMX and on
    /// Arm. On other processors, ONNX Runtime saturates, unless a
    /// session is opened with the entry <c>session.x64quantprecision</c> = 1 or the weights have 7 bits
    /// (<see cref="BertQuantizationOptions.ReduceRange"/>). The file contains this information in
    /// <c>int8_exact_on</c> of its metadata. <see cref="BertModel.FromPretrained"/> sets the entry if necessary.
    /// </para>
    /// </remarks>
    /// <param name="model">The checkpoint, for example of a fitted step. If it consists of a graph, the graph is saved unchanged.</param>
    /// <param name="path">The file. It is written atomically; an existing file is replaced.</param>
    /// <param name="precision">How the file stores float weights. Default: single precision.</param>
    /// <exception cref="NotSupportedException">The file would be larger than 2 GB, or half precision is requested of a checkpoint that
    /// consists of a graph, or has a weight that is too large for it.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveOnnx(this BertModel model, string path, BertOnnxPrecision precision = BertOnnxPrecision.Float32)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Check(model, precision);
        WholeFile.Write(path, file => Write(model, precision, file));
    }

    /// <summary>
    /// Saves a checkpoint as a folder with an ONNX graph instead of weights, in the format of Optimum and transformers.js. It contains
    /// config, tokenizer, sentence-transformers files, and <c>onnx/model.onnx</c>, or <c>onnx/model_quantized.onnx</c> for an int8 model.
    /// <see cref="BertModel.FromPretrained"/> can open it; the graph has only the outputs of <see cref="SaveOnnx"/>.
    /// </summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="folder">The folder, which is created if it does not exist. An existing checkpoint is replaced, including its
    /// weights.</param>
    /// <param name="precision">How the graph stores float weights. Default: single precision.</param>
    /// <exception cref="NotSupportedException">The graph would be larger than 2 GB, or half precision is requested of a checkpoint that
    /// consists of a graph, or has a weight that is too large for it.</exception>
    /// <exception cref="IOException">The folder cannot be written, or has files with the same names that do not belong to a
    /// checkpoint.</exception>
    public static void SavePretrainedOnnx(
        this BertModel model, string folder, BertOnnxPrecision precision = BertOnnxPrecision.Float32)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Check(model, precision);
        CheckpointFolder.Write(folder, create =>
        {
            model.WriteTextsTo(create, QuantizationConfig.Remove(model.Config));
            using Stream file = create(model.GraphPath);
            Write(model, precision, file);
        });
    }

    private static void Check(BertModel model, BertOnnxPrecision precision)
    {
        model.RequireNetwork();
        if (!Enum.IsDefined(precision))
            throw new ArgumentOutOfRangeException(nameof(precision), $"{nameof(precision)} is {precision}, which is not a value.");
        if (precision != BertOnnxPrecision.Float32 && model.Weights is null)
            throw new NotSupportedException(
                $"The model '{model.Name}' consists of a graph, which is saved unchanged. Leave {nameof(precision)} out, or open the " +
                "checkpoint from its weights.");
    }

    private static void Write(BertModel model, BertOnnxPrecision precision, Stream file)
    {
        if (model.Weights is null)
            file.Write(model.OnnxGraph);
        else
            WriteGraph(model, model.Weights, precision, file);
    }

    private static void WriteGraph(BertModel model, BertWeights weights, BertOnnxPrecision precision, Stream file)
    {
        OnnxGraph graph = BertGraph.Create(
            model.Config, OutputsOf(model, weights), weights, standsAlone: true, halves: precision == BertOnnxPrecision.Float16);
        if (model.IsQuantized)
            graph.AddMetadata("int8_exact_on", IntegerProducts.MaySaturate(weights) ? DotProducts : "every processor");
        graph.Write(file);
    }

    private static EncoderOutputSet OutputsOf(BertModel model, BertWeights weights)
    {
        HeadKind? head = Enum.GetValues<HeadKind>().Where(head => HeadLookup.MissingReason(head, model.Config, weights) is null)
            .Select(head => (HeadKind?)head).FirstOrDefault();
        return head switch
        {
            // ONNX Runtime computes all outputs, and those for masked words cost as much as the encoder, which is wasted for pooling.
            HeadKind.MaskedLM when model.Sentence == new BertSentenceOptions() => new(EncoderOutput.WordLogits),
            null or HeadKind.MaskedLM => new([.. EncoderOutputsOf(model, weights)]),
            _ => new([.. Enum.GetValues<EncoderOutputKind>().Select(kind => new EncoderOutput(kind)).Where(output => output.Head == head)]),
        };
    }

    private static IEnumerable<EncoderOutput> EncoderOutputsOf(BertModel model, BertWeights weights)
    {
        yield return EncoderOutput.LastHiddenState;
        if (weights.Contains("pooler.dense.weight"))
            yield return EncoderOutput.PoolerOutput;
        if (model.Sentence.Pooling.HasFlag(BertPooling.LastLayersMean))
            yield return EncoderOutput.LastLayersMean(model.Sentence.NumberOfLastLayers);
    }
}
