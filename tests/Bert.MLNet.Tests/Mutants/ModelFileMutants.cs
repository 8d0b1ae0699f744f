using System.IO.Compression;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Mutants;

/// <summary>
/// Saved models: a <c>model.zip</c> as a whole, and the entries that steps of this library wrote, in a zip whose checksums are right.
/// </summary>
internal static class ModelFileMutants
{
    private static readonly TinyCheckpoint Tiny = new() { HiddenSize = 8, IntermediateSize = 8, Layers = 1, Heads = 2, MaxPositions = 32 };

    private static readonly MLContext Ml = new(seed: 1);

    public static IEnumerable<MutantKind> All()
    {
        var text = Ml.Transforms.Text;
        BertModel plain = Tiny.Load();
        (string Name, IEstimator<ITransformer> Steps)[] models =
        [
            ("steps", text.ApplyBertTokenizer("Text", model: plain).Append(text.ApplyBertEncoder(model: plain))
                .Append(text.ApplyBertPooling("Pooled", BertPooling.Mean)).Append(text.ApplyBertEmbedding("Features", "Text", plain))
                .Append(text.ApplyBertPairEmbedding("Pair", "Text", "Other", plain))),
            ("classifier", text.ApplyBertClassifier(
                "Label", "Text", (Tiny with { Architecture = "BertForSequenceClassification" }).Load())),
            ("entities", text.ApplyBertTokenClassifier(
                new BertTokenClassifierEstimator.Options
                {
                    Model = (Tiny with { Architecture = "BertForTokenClassification", Labels = ["O", "B-PER", "I-PER"] }).Load(),
                    WordLabelsColumnName = "Words",
                })),
            ("answers", text.ApplyBertQuestionAnswering(
                "Answer", "Text", "Other", (Tiny with { Architecture = "BertForQuestionAnswering" }).Load())),
            ("masks", text.ApplyBertFillMask("Masks", "Text", (Tiny with { Architecture = "BertForMaskedLM" }).Load())),
            ("zero-shot", text.ApplyBertZeroShotClassifier("Label", "Text", ["good", "bad"],
                (Tiny with { Architecture = "BertForSequenceClassification", Labels = ["contradiction", "entailment"] }).Load())),
            ("explanation", text.ApplyBertExplanation("Words", "Text",
                (Tiny with { Architecture = "BertForSequenceClassification" }).Load())),
            ("summary", text.ApplyBertExtractiveSummarizer("Summary", "Text", plain)),
            ("int8", text.ApplyBertEmbedding("Features", "Text", plain.Quantize())),
        ];
        foreach ((string name, IEstimator<ITransformer> steps) in models)
        {
            using var folder = new TemporaryFolder();
            IDataView data = Data();
            ITransformer model = steps.Fit(data);
            Ml.Model.Save(model, data.Schema, folder["model.zip"]);
            (model as IDisposable)?.Dispose();
            byte[] zip = File.ReadAllBytes(folder["model.zip"]);
            yield return new MutantKind($"zip {name}", zip, IsText: false, Use);

            Dictionary<string, byte[]> entries = Read(zip);
            foreach (string entry in entries.Keys.Where(path => path.StartsWith("Bert.MLNet/", StringComparison.Ordinal)
                || IsOurs(entries[path])))
            {
                yield return new MutantKind(
                    $"zip {name}: {entry}", entries[entry],
                    IsText: entry.EndsWith("json", StringComparison.Ordinal) || entry.EndsWith("txt", StringComparison.Ordinal),
                    mutant => Use(Write(new Dictionary<string, byte[]>(entries) { [entry] = mutant })));
            }
        }
    }

    // The name of the assembly that loads a component stands in its options.
    private static bool IsOurs(byte[] content) => content.AsSpan().IndexOf("BERT"u8) >= 0 && content.AsSpan().IndexOf("Bert.MLNet"u8) >= 0;

    private static void Use(byte[] zip)
    {
        using var stream = new MemoryStream(zip);
        ITransformer model = Ml.Model.Load(stream, out _);
        try
        {
            IDataView result = model.Transform(Data());
            foreach (DataViewSchema.Column column in result.Schema.Where(column => column.Name is not ("Text" or "Other")))
                _ = result.Preview(maxRows: 2);
        }
        finally
        {
            (model as IDisposable)?.Dispose();
        }
    }

    private static IDataView Data() =>
        Ml.Data.LoadFromEnumerable([new Row { Text = "the good film [MASK] zzz", Other = "bad, it is" }, new Row()]);

    private static Dictionary<string, byte[]> Read(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return archive.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using Stream stream = entry.Open();
            var content = new MemoryStream();
            stream.CopyTo(content);
            return content.ToArray();
        });
    }

    private static byte[] Write(Dictionary<string, byte[]> entries)
    {
        var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string path, byte[] content) in entries)
            {
                using Stream stream = archive.CreateEntry(path, CompressionLevel.NoCompression).Open();
                stream.Write(content);
            }
        }
        return zip.ToArray();
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public string Other { get; set; } = "";
    }
}
