using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;

namespace Bert.MLNet;

/// <summary>Checkpoints as ONNX files, for programs without this library.</summary>
public static class BertOnnxFile
{
    private const string DotProducts =
        "processors with int8 dot products: x64 with AVX-512 VNNI, AVX-VNNI or AMX, and Arm. On other x64 processors ONNX Runtime adds two products in 16 bits, which saturate, " +
        "unless the session is opened with the entry " + IntegerProducts.SessionOption + " = 1.";

    /// <summary>
    /// Saves a checkpoint as one ONNX file with its weights inside, in the form of HuggingFace's exports. It takes <c>input_ids</c>,
    /// <c>attention_mask</c> and, for BERT, <c>token_type_ids</c>, all of Int64 and [batch, sequence], and gives single-precision numbers: those of the checkpoint's head,
    /// or of the encoder where it has none, or has one for masked words and <see cref="BertModel.Sentence"/> says how its vectors are made.
    /// </summary>
    /// <remarks>
    /// <list type="table">
    /// <item><term><c>logits</c></term><description>[batch, labels] of a classifier or cross-encoder, [batch, sequence, labels] of one of tokens, [batch, sequence, vocabulary] of a model of masked words.</description></item>
    /// <item><term><c>start_logits</c>, <c>end_logits</c></term><description>[batch, sequence], of a model that answers questions.</description></item>
    /// <item><term><c>seq_relationship_logits</c></term><description>[batch, 2], of one that tells next sentences.</description></item>
    /// <item><term><c>last_hidden_state</c></term><description>[batch, sequence, hidden], of one without a head or with a way to make vectors of texts, and <c>pooler_output</c>, [batch, hidden], where it has a pooler.</description></item>
    /// <item><term><c>last_layers_mean.N</c></term><description>[batch, sequence, hidden], besides, where vectors are made of the mean of the last N layers.</description></item>
    /// </list>
    /// Texts become tokens by the vocabulary that <see cref="BertModel.SavePretrained"/> saves; <see cref="SavePretrainedOnnx"/> saves
    /// both. The operators are those
    /// of ONNX opset 20.
    /// <para>
    /// A model that is int8 is saved as int8, with signed weights. Products of those are exact on x64 processors with VNNI or AMX and on
    /// Arm. On others ONNX Runtime saturates, unless a
    /// session is opened with the entry <c>session.x64quantprecision</c> = 1 or the weights have 7 bits
    /// (<see cref="BertQuantizationOptions.ReduceRange"/>). The file says so under
    /// <c>int8_exact_on</c> in its metadata. <see cref="BertModel.FromPretrained"/> sees to it.
    /// </para>
    /// </remarks>
    /// <param name="model">The checkpoint, for instance of a fitted step. One that came as a graph is saved as it came.</param>
    /// <param name="path">The file. It appears whole or not at all; one that is there is replaced.</param>
    /// <exception cref="NotSupportedException">The file would be larger than 2 GB.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveOnnx(this BertModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        WholeFile.Write(path, file => Write(model, file));
    }

    /// <summary>
    /// Saves a checkpoint as a folder that holds an ONNX graph in place of weights, in the form that HuggingFace's Optimum and transformers.js have for it: config, tokenizer, what
    /// sentence-transformers adds, and <c>onnx/model.onnx</c>, or <c>onnx/model_quantized.onnx</c> of a model that is int8. <see cref="BertModel.FromPretrained"/> opens it; the
    /// graph has the outputs of <see cref="SaveOnnx"/> and no others.
    /// </summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="folder">The folder; it is created when it is not there. A checkpoint that is there is replaced, weights included.</param>
    /// <exception cref="NotSupportedException">The graph would be larger than 2 GB.</exception>
    /// <exception cref="IOException">The folder cannot be written, or has files of the same names that do not belong to a checkpoint.</exception>
    public static void SavePretrainedOnnx(this BertModel model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        CheckpointFolder.Write(folder, create =>
        {
            model.WriteTextsTo(create, QuantizationConfig.Remove(model.Config));
            using Stream file = create(model.GraphPath);
            Write(model, file);
        });
    }

    private static void Write(BertModel model, Stream file)
    {
        if (model.Weights is null)
            file.Write(model.OnnxGraph);
        else
            WriteGraph(model, model.Weights, file);
    }

    private static void WriteGraph(BertModel model, BertWeights weights, Stream file)
    {
        OnnxGraph graph = BertGraph.Create(model.Config, OutputsOf(model, weights), weights);
        if (model.IsQuantized)
            graph.AddMetadata("int8_exact_on", IntegerProducts.MaySaturate(weights) ? DotProducts : "every processor");
        graph.Write(file);
    }

    private static EncoderOutputSet OutputsOf(BertModel model, BertWeights weights)
    {
        HeadKind? head = Enum.GetValues<HeadKind>().Where(head => HeadLookup.MissingReason(head, model.Config, weights) is null).Select(head => (HeadKind?)head).FirstOrDefault();
        return head switch
        {
            HeadKind.SequenceClassification => new(EncoderOutput.SequenceLogits),
            HeadKind.TokenClassification => new(EncoderOutput.TokenLogits),
            HeadKind.QuestionAnswering => new(EncoderOutput.StartLogits, EncoderOutput.EndLogits),
            HeadKind.NextSentencePrediction => new(EncoderOutput.NextSentenceLogits),
            // ONNX Runtime computes all outputs, and those of masked words cost as much as the encoder: who pools does not want them.
            HeadKind.MaskedLM when model.Sentence == new BertSentenceOptions() => new(EncoderOutput.WordLogits),
            _ => new([.. EncoderOutputsOf(model, weights)]),
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
