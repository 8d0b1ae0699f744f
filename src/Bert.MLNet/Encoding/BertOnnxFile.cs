using Bert.MLNet.Encoders;
using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>Checkpoints as ONNX files, for programs without this library.</summary>
public static class BertOnnxFile
{
    /// <summary>
    /// Saves a checkpoint as one ONNX file with its weights inside, in the form of HuggingFace's exports. It takes <c>input_ids</c>,
    /// <c>attention_mask</c> and, for BERT, <c>token_type_ids</c>, all of Int64 and [batch, sequence], and gives single-precision numbers: those of the checkpoint's head,
    /// or of the encoder where it has none.
    /// </summary>
    /// <remarks>
    /// <list type="table">
    /// <item><term><c>logits</c></term><description>[batch, labels] of a classifier or cross-encoder, [batch, sequence, labels] of one of tokens, [batch, sequence, vocabulary] of a model of masked words.</description></item>
    /// <item><term><c>start_logits</c>, <c>end_logits</c></term><description>[batch, sequence], of a model that answers questions.</description></item>
    /// <item><term><c>seq_relationship_logits</c></term><description>[batch, 2], of one that tells next sentences.</description></item>
    /// <item><term><c>last_hidden_state</c></term><description>[batch, sequence, hidden], of one without a head, and <c>pooler_output</c>, [batch, hidden], where it has a pooler.</description></item>
    /// </list>
    /// Texts become tokens by the vocabulary that <see cref="BertModel.SavePretrained"/> saves; beside its files, as <c>model.onnx</c>, the file is read by
    /// <see cref="BertModel.FromPretrained"/> where there are no weights. The operators are those of ONNX opset 20.
    /// </remarks>
    /// <param name="model">The checkpoint, for instance of a fitted step. One that came as a graph is saved as it came.</param>
    /// <param name="path">The file. It appears whole or not at all; one that is there is replaced.</param>
    /// <exception cref="NotSupportedException">The file would be larger than 2 GB.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveOnnx(this BertModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string beside = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            using (FileStream file = File.Create(beside))
            {
                if (model.Weights is null)
                    file.Write(model.OnnxGraph);
                else
                    BertGraph.Create(model.Config, OutputsOf(model.Config, model.Weights), model.Weights).Write(file);
            }
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static EncoderOutputs OutputsOf(BertConfig config, BertWeights weights)
    {
        BertHead? head = Enum.GetValues<BertHead>().Where(head => BertHeads.WhyNot(head, config, weights) is null).Select(head => (BertHead?)head).FirstOrDefault();
        return head switch
        {
            BertHead.SequenceClassification => new(EncoderOutput.SequenceLogits),
            BertHead.TokenClassification => new(EncoderOutput.TokenLogits),
            BertHead.QuestionAnswering => new(EncoderOutput.StartLogits, EncoderOutput.EndLogits),
            BertHead.MaskedLM => new(EncoderOutput.WordLogits),
            BertHead.NextSentencePrediction => new(EncoderOutput.NextSentenceLogits),
            _ when weights.Contains("pooler.dense.weight") => new(EncoderOutput.LastHiddenState, EncoderOutput.PoolerOutput),
            _ => new(EncoderOutput.LastHiddenState),
        };
    }
}
