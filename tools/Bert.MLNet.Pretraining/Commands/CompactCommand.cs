using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Pretraining.Evaluation;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>compact</c>: what shorter, int8 and binary vectors of a checkpoint lose in search.</summary>
internal static class CompactCommand
{
    private const int Cutoff = 10;

    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "A checkpoint, or 'embedded'.", DefaultValueFactory = _ => "embedded" };
        Option<DirectoryInfo> data = new Option<DirectoryInfo>("--data")
        {
            Description = "The folder of corpus.jsonl.gz, queries.jsonl and qrels.tsv, such as that of SciFact.",
            Required = true,
        }.AcceptExistingOnly();
        var maxLength = new Option<int?>("--max-length")
        {
            Description = "The maximum number of tokens of a text. Default: the checkpoint's.",
        };
        var dimensions = new Option<int[]>("--dimensions")
        {
            Description = "The numbers of values to keep. Default: all, a half, a quarter and an eighth.",
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "compact", "Prints a table of nDCG@10 and recall of shorter, int8 and binary vectors of a checkpoint, for a retrieval set.")
        {
            model, data, maxLength, dimensions,
        };
        command.SetAction(arguments =>
        {
            string name = arguments.GetRequiredValue(model);
            BertModel checkpoint = name == "embedded" ? BertModel.Default : BertModel.FromPretrained(name);
            var set = new RetrievalData(arguments.GetRequiredValue(data).FullName);
            using BertEmbeddingTransformer embedding = BertEmbeddingTransformer.Create(
                checkpoint, new BertEmbeddingOptions { MaxLength = arguments.GetValue(maxLength) });
            ReadOnlyMemory<float>[] documents = Embed(set.Documents), queries = Embed(set.Queries);
            int whole = embedding.Dimension;
            int[] given = arguments.GetRequiredValue(dimensions);
            int[] sizes = given.Length > 0 ? given : [whole, whole / 2, whole / 4, whole / 8];
            Console.WriteLine($"{checkpoint.Name}: {set.Count} documents, {queries.Length} queries");
            Console.WriteLine("| values | vectors | bytes | nDCG@10 | recall@10 | of the 10 nearest in full precision |");
            Console.WriteLine("|--:|---|--:|--:|--:|--:|");
            int[][] exact = [.. queries.Select(query => CompactSearch.Exact(query.Span, documents, Cutoff))];
            foreach (int size in sizes)
            {
                foreach (CompactSearch search in CompactSearch.All([.. documents.Select(vector => vector[..size])]))
                {
                    int[][] found = [.. queries.Select(query => search.Find(query[..size], Cutoff))];
                    (double gain, double recall) = set.Score(found, Cutoff);
                    double kept = found.Zip(exact, (one, other) => one.Intersect(other).Count() / (double)Cutoff).Average();
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"| {size} | {search.Name} | {search.Bytes} | {100 * gain:F2} | {100 * recall:F2} | {100 * kept:F1} % |"));
                }
            }

            ReadOnlyMemory<float>[] Embed(IEnumerable<RetrievalData.Document> texts) =>
                [.. embedding.Embed(texts.Select(text => text.Text)).Select(row => row.Vector)];
        });
        return command;
    }
}
