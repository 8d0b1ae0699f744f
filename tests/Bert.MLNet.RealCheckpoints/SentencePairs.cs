using System.Globalization;
using System.Numerics.Tensors;
using Bert.MLNet.Evaluation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.RealCheckpoints;

/// <summary>Pairs of sentences and how similar people found them.</summary>
internal sealed class SentencePairs
{
    private readonly List<(string First, string Second, double Score)> _pairs = [];

    /// <summary>Reads a tab-separated file with a header.</summary>
    public SentencePairs AddTable(string file, string first, string second, string score)
    {
        string[][] rows = [.. File.ReadLines(file).Select(line => line.Split('\t'))];
        int[] columns = [.. new[] { first, second, score }.Select(name => Array.IndexOf(rows[0], name))];
        _pairs.AddRange(rows.Skip(1).Select(cells => (cells[columns[0]], cells[columns[1]], Number(cells[columns[2]]))));
        return this;
    }

    /// <summary>Reads a comma-separated file with quotes and without a header: two sentences and the score.</summary>
    public SentencePairs AddQuoted(string file)
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromTextFile<Quoted>(file, separatorChar: ',', allowQuoting: true);
        _pairs.AddRange(ml.Data.CreateEnumerable<Quoted>(data, reuseRowObject: false)
            .Select(row => (row.First, row.Second, Number(row.Score))));
        return this;
    }

    public int Count => _pairs.Count;

    /// <summary>A hundred times Spearman's correlation of scores and cosines, as MTEB publishes it.</summary>
    public double Spearman(BertModel model)
    {
        string[] texts = [.. _pairs.SelectMany(pair => new[] { pair.First, pair.Second }).Distinct()];
        Dictionary<string, float[]> vectors = texts.Zip(RealCheckpoint.Embed(model, texts)).ToDictionary();
        return 100 * Correlation.Spearman(
            [.. _pairs.Select(pair => (double)TensorPrimitives.CosineSimilarity<float>(vectors[pair.First], vectors[pair.Second]))],
            [.. _pairs.Select(pair => pair.Score)]);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private sealed class Quoted
    {
        [LoadColumn(0)] public string First { get; set; } = "";

        [LoadColumn(1)] public string Second { get; set; } = "";

        [LoadColumn(2)] public string Score { get; set; } = "";
    }
}
