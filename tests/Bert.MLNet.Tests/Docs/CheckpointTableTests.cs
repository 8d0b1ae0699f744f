using System.Globalization;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Tests.Docs;

/// <summary>The table of checkpoints in docs/choosing-a-model.md.</summary>
public sealed class CheckpointTableTests
{
    private static readonly string[][] s_rows =
    [
        .. File.ReadLines(Path.Combine(Shared.Repository, "docs", "choosing-a-model.md"))
            .SkipWhile(line => line != "## 25 checkpoints").TakeWhile(line => line != "## Embeddings or fine-tuning")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
    ];

    [Fact]
    public void Names_25_checkpoints_of_families_that_open()
    {
        Assert.Equal(25, s_rows.Select(row => row[0]).Distinct().Count());
        Assert.Subset(ModelFamilies.All.Select(family => family.ModelType).ToHashSet(), s_rows.Select(row => row[1]).ToHashSet());
        Assert.Equal(["Unigram", "WordPiece", "byte-level BPE"], s_rows.Select(row => row[2]).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>A weight of a file has four bytes, or two in F16.</summary>
    [Fact]
    public void Sizes_follow_from_the_numbers_of_parameters() => Assert.All(s_rows, row =>
    {
        double parameters = double.Parse(row[4].Replace(" M", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        string[] size = row[5].Replace(",", "", StringComparison.Ordinal).Split(' ');
        double megabytes = double.Parse(size[0], CultureInfo.InvariantCulture);
        Assert.Equal(parameters * (size.Length > 1 ? 2 : 4), megabytes, Math.Max(3, 0.01 * megabytes));
    });
}
