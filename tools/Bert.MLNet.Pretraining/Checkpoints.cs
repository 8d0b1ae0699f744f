using Bert.MLNet.Models;
using Bert.MLNet.Training;

namespace Bert.MLNet.Pretraining;

/// <summary>The shape of the trained model, and the files with its weights.</summary>
internal static class Checkpoints
{
    /// <summary>BERT-mini (Turc et al., 2019): 4 layers of 256. One pass over the text needs no dropout.</summary>
    public static BertConfig Shape(BertTokenizer tokenizer, double dropout = 0) => new()
    {
        Architectures = [nameof(BertForMaskedLM)],
        VocabSize = tokenizer.Vocabulary.Size,
        HiddenSize = 256,
        NumHiddenLayers = 4,
        NumAttentionHeads = 4,
        IntermediateSize = 1024,
        MaxPositionEmbeddings = 512,
        PadTokenId = tokenizer.PadTokenId,
        HiddenDropoutProb = dropout,
        AttentionProbsDropoutProb = dropout,
    };

    public static void WriteWordEmbeddings(string path, float[] vectors, int rows)
    {
        using FileStream file = File.Create(path);
        new Safetensors([BertTensor.Create(CanonicalNames.WordEmbeddings, [rows, vectors.Length / rows], vectors)],
            Safetensors.DefaultMetadata).Write(file);
    }

    public static float[] ReadWordEmbeddings(string path)
    {
        using FileStream file = File.OpenRead(path);
        BertTensor tensor = Safetensors.Read(file, file.Length, path).Tensors.Single(t => t.Name == CanonicalNames.WordEmbeddings);
        float[] values = new float[tensor.Count];
        tensor.CopyTo(values);
        return values;
    }
}
