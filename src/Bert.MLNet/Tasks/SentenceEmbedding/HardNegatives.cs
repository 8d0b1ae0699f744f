using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Finds texts that a checkpoint considers similar to a text, although they do not belong to it.</summary>
/// <param name="options">The options.</param>
internal sealed class HardNegatives(BertHardNegativesOptions options)
{
    // With limits on the similarity, some candidates are left out.
    private const int Reserve = 10;

    /// <summary>A text, one that belongs to it, and one that does not.</summary>
    public sealed class Triplet
    {
        public string First { get; set; } = "";

        public string Second { get; set; } = "";

        public string Third { get; set; } = "";
    }

    /// <summary>Reads the texts and returns the triplets as a data view.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or is not text.</exception>
    /// <exception cref="InvalidOperationException">There are no pairs, or none has a negative.</exception>
    public IDataView Mine(IHostEnvironment env, IDataView pairs, IDataView? corpus)
    {
        List<string[]> rows = Read(env, pairs,
            (options.Sentence1ColumnName, nameof(options.Sentence1ColumnName)),
            (options.Sentence2ColumnName, nameof(options.Sentence2ColumnName)));
        IEnumerable<string> others = corpus is null ? []
            : Read(env, corpus, (options.CorpusColumnName, nameof(options.CorpusColumnName))).Select(row => row[0]);
        if (rows.Count == 0)
            throw new InvalidOperationException("There are no pairs to find negatives for. Give rows with texts that belong together.");
        Triplet[] triplets = Mine(rows, others);
        if (triplets.Length == 0)
            throw new InvalidOperationException(
                $"No pair has a negative among the texts of rank {options.RangeMin + 1} and more. Lower {nameof(options.RangeMin)}, " +
                $"{nameof(options.Margin)} or {nameof(options.RelativeMargin)}, or add texts to the corpus.");
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Triplet));
        schema[nameof(Triplet.First)].ColumnName = options.Sentence1ColumnName;
        schema[nameof(Triplet.Second)].ColumnName = options.Sentence2ColumnName;
        schema[nameof(Triplet.Third)].ColumnName = options.Sentence3ColumnName;
        return new MLContext().Data.LoadFromEnumerable(triplets, schema);
    }

    private Triplet[] Mine(List<string[]> rows, IEnumerable<string> corpus)
    {
        string[] texts = [.. corpus.Concat(rows.Select(row => row[1])).Distinct(StringComparer.Ordinal)];
        Dictionary<string, int> places = texts.Index().ToDictionary(text => text.Item, text => text.Index, StringComparer.Ordinal);
        (string Text, int[] Right)[] queries =
        [
            .. rows.GroupBy(row => row[0], StringComparer.Ordinal)
                .Select(group => (group.Key, group.Select(row => places[row[1]]).Distinct().ToArray())),
        ];
        float[][] found = Vectors(texts, options.Prompt);
        float[][] asked = Vectors([.. queries.Select(query => query.Text)], options.QueryPrompt ?? options.Prompt);
        int mostRight = queries.Max(query => query.Right.Length);
        bool hasLimits = options.Margin is not null || options.RelativeMargin is not null || options.MaximumScore is not null;
        int wanted = Math.Min(texts.Length, options.NumberOfNegatives * (hasLimits ? Reserve : 1));
        int ranks = options.RangeMax ?? (int)Math.Min(texts.Length, (long)options.RangeMin + wanted + mostRight);
        var triplets = new Triplet[queries.Length][];
        Workers.Share(queries.Length, options.Batching.Threads, (_, i) =>
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            (string text, int[] right) = queries[i];
            // The right texts and the text itself can be among the nearest.
            (int Index, float Score)[] nearest =
                VectorSearch.Top(asked[i], found, (int)Math.Min(texts.Length, (long)ranks + mostRight + 1));
            float limit = Limit(right.Min(place => VectorSearch.Score(asked[i], found[place])));
            string[] negatives =
            [
                .. nearest
                    .Where(candidate => !right.Contains(candidate.Index) && candidate.Score <= limit && texts[candidate.Index] != text)
                    .Take(ranks).Skip(options.RangeMin).Take(options.NumberOfNegatives).Select(candidate => texts[candidate.Index]),
            ];
            triplets[i] =
            [
                .. from place in right
                   from negative in negatives
                   select new Triplet { First = text, Second = texts[place], Third = negative },
            ];
        });
        return [.. triplets.SelectMany(some => some)];
    }

    /// <summary>Returns the largest similarity of a negative.</summary>
    /// <param name="right">The similarity of the right text.</param>
    private float Limit(float right)
    {
        float limit = options.MaximumScore ?? float.PositiveInfinity;
        if (options.Margin is { } margin)
            limit = Math.Min(limit, right - margin);
        return options.RelativeMargin is { } share ? Math.Min(limit, right - Math.Abs(right) * share) : limit;
    }

    private float[][] Vectors(string[] texts, string? prompt)
    {
        using var embedding = BertEmbeddingTransformer.Create(options.Checkpoint, options with { Prompt = prompt, Normalize = true });
        return [.. embedding.Embed(texts, options.CancellationToken).Select(text => text.Vector.ToArray())];
    }

    private static List<string[]> Read(IHostEnvironment env, IDataView data, params (string Name, string Option)[] names)
    {
        DataViewSchema.Column[] columns = [.. names.Select(column => InputColumn.FindText(data.Schema, column.Name, column.Option))];
        var rows = new List<string[]>();
        DataScan.Run(env, data, columns, row =>
        {
            ValueGetter<ReadOnlyMemory<char>>[] getters = [.. columns.Select(row.GetGetter<ReadOnlyMemory<char>>)];
            ReadOnlyMemory<char> text = default;
            return () => rows.Add(
            [
                .. getters.Select(getter =>
                {
                    getter(ref text);
                    return text.ToString();
                }),
            ]);
        });
        return rows;
    }
}
