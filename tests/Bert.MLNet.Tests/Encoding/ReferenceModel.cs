using System.Text.Json;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>What HuggingFace's PyTorch classes computed for a reference checkpoint: <c>expected.json</c>.</summary>
internal sealed class ReferenceModel
{
    private readonly JsonElement _root;
    private readonly double _absolute;
    private readonly double _relative;
    private readonly string _name;

    /// <summary>The largest difference from the reference so far.</summary>
    private double _largest;

    public ReferenceModel(string folder)
    {
        _name = Path.GetFileName(folder);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        _root = document.RootElement.Clone();
        _absolute = _root.GetProperty("tolerance").GetProperty("abs").GetDouble();
        _relative = _root.GetProperty("tolerance").GetProperty("rel").GetDouble();
        Cases = [.. _root.GetProperty("cases").EnumerateArray().Select(json => new Case(json))];
    }

    public IReadOnlyList<Case> Cases { get; }

    /// <summary>Whether outputs of tokens are given for those alone that are attended to.</summary>
    public bool LeavesMaskedOut =>
        _root.TryGetProperty("conventions", out JsonElement conventions)
            && conventions.TryGetProperty("case_columns", out JsonElement columns)
            && columns.GetString()!.Contains("only", StringComparison.Ordinal);

    /// <summary>Padded batches: their rows, and what is expected of each.</summary>
    public IEnumerable<(string Id, bool PadLeft, int Length, Case[] Rows, JsonElement[] Outputs)> Batches =>
        from batch in _root.GetProperty("batches").EnumerateArray()
        select (
            batch.GetProperty("id").GetString()!,
            batch.GetProperty("padding_side").GetString() == "left",
            batch.GetProperty("length").GetInt32(),
            batch.GetProperty("members").EnumerateArray().Select(id => Cases.Single(row => row.Id == id.GetString())).ToArray(),
            batch.GetProperty("outputs").EnumerateArray().ToArray());

    /// <summary>Writes the largest difference to the output of the test, which <c>-showLiveOutput</c> shows.</summary>
    /// <param name="what">What was compared.</param>
    public void WriteLargest(string what) =>
        TestContext.Current.TestOutputHelper?.WriteLine(
            FormattableString.Invariant($"{_name} {what}: largest difference {_largest:0.0e+00}"));

    /// <summary>Compares with the file's own tolerance.</summary>
    public void Equal(JsonElement expected, ReadOnlySpan<float> actual, string what)
    {
        int i = 0;
        foreach (JsonElement value in Numbers(expected))
            Equal(value, actual[i++], what);
        Assert.Equal(i, actual.Length);
    }

    /// <summary>The numbers of an array of any depth.</summary>
    private static IEnumerable<JsonElement> Numbers(JsonElement array) =>
        array.EnumerateArray().SelectMany(value => value.ValueKind == JsonValueKind.Array ? Numbers(value) : [value]);

    public void Equal(JsonElement expected, double actual, string what)
    {
        double value = expected.GetDouble();
        _largest = Math.Max(_largest, Math.Abs(actual - value));
        Assert.True(Math.Abs(actual - value) <= _absolute + _relative * Math.Abs(value), $"{what}: expected {value}, got {actual}.");
    }

    internal sealed class Case(JsonElement json)
    {
        public string Id { get; } = json.GetProperty("id").GetString()!;

        public long[] InputIds { get; } = Longs(json, "input_ids");

        public long[] TokenTypeIds { get; } = Longs(json, "token_type_ids");

        public long[] AttentionMask { get; } = Longs(json, "attention_mask");

        public JsonElement Outputs { get; } = json.GetProperty("outputs");

        public override string ToString() => Id;

        private static long[] Longs(JsonElement json, string name) =>
            [.. json.GetProperty(name).EnumerateArray().Select(value => value.GetInt64())];
    }
}
