using System.CommandLine;
using System.Globalization;
using System.Numerics.Tensors;
using Bert.MLNet.Evaluation;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// A figure that MTEB publishes of all-MiniLM-L6-v2, computed by this library with the same weights: SICK-R, Spearman's correlation between
/// the cosines of sentence pairs and the scores that people gave them.
/// </summary>
internal static class PublishedFigure
{
    private const double Published = 77.58, Rounding = 0.005;

    public static Command Command()
    {
        var files = new Option<FileInfo[]>("--sick")
        {
            Description = "The files of SICK, tab-separated with a header: all its 9,927 pairs, in one file or several.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command("published", "MTEB's SICK-R with all-MiniLM-L6-v2, beside the published figure.") { files };
        command.SetAction(arguments => Run([.. arguments.GetRequiredValue(files).SelectMany(file => Pair.Read(file.FullName))]));
        return command;
    }

    private static int Run(Pair[] pairs)
    {
        using var exported = new ExportedMiniLM();
        double reached = Correlate(exported.Model, pairs);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"SICK-R, {pairs.Length:N0} pairs: {reached:F2}, in int8 {Correlate(exported.Model.Quantize(), pairs):F2}, " +
            $"as static embeddings {Correlate(exported.Model.ToStatic(), pairs):F2}; published: {Published:F2}"));
        return Math.Abs(reached - Published) <= 2 * Rounding ? 0 : 1;
    }

    private static double Correlate(BertModel model, Pair[] pairs)
    {
        using var embedding = new EmbeddingContender(model, Environment.ProcessorCount);
        float[][] first = embedding.Batched.Embed([.. pairs.Select(pair => pair.First)]),
            second = embedding.Batched.Embed([.. pairs.Select(pair => pair.Second)]);
        double[] cosines = [.. first.Zip(second, (a, b) => (double)TensorPrimitives.CosineSimilarity<float>(a, b))];
        return 100 * Correlation.Spearman(cosines, [.. pairs.Select(pair => pair.Score)]);
    }

    private sealed record Pair(string First, string Second, double Score)
    {
        public static IEnumerable<Pair> Read(string file)
        {
            string[] lines = File.ReadAllLines(file), header = lines[0].Split('\t');
            int first = Column("sentence_a"), second = Column("sentence_b"), score = Column("relatedness");
            return lines.Skip(1).Select(line => line.Split('\t'))
                .Select(cells => new Pair(cells[first], cells[second], double.Parse(cells[score], CultureInfo.InvariantCulture)));

            int Column(string name)
            {
                int found = Array.FindIndex(header, cell => cell.StartsWith(name, StringComparison.OrdinalIgnoreCase));
                return found >= 0 ? found : throw new InvalidDataException($"'{file}' has no column '{name}'.");
            }
        }
    }
}
