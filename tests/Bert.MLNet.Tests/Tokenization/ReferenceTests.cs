namespace Bert.MLNet.Tests.Tokenization;

public sealed class ReferenceTests
{
    [Theory]
    [InlineData("single-uncased.jsonl")]
    [InlineData("single-cased.jsonl")]
    [InlineData("single-chinese.jsonl")]
    [InlineData("single-multilingual-cased.jsonl")]
    [InlineData("options.jsonl")]
    [InlineData("lone-surrogate.jsonl")]
    public void Lean_ids_equal_the_reference(string file)
    {
        var wrong = new List<string>();
        foreach (ReferenceRow row in ReferenceRow.Read(file))
        {
            var ids = new List<int>();
            row.Tokenizer().EncodeTo(row.Text, ids);
            int[] expected = row.Expected.Ids;
            if (row.Option<bool>("add_special_tokens"))
                expected = expected[1..^1];
            if (!ids.SequenceEqual(expected))
                wrong.Add($"{row.Id}: [{string.Join(' ', ids)}] instead of [{string.Join(' ', expected)}]{(row.Alternatives.Any() ? " (has alternatives)" : "")}");
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong\n" + string.Join("\n", wrong.Take(20)));
    }
}
