using Bert.MLNet.Tasks;

namespace Bert.MLNet.Tests.Tasks.TokenClassification;

/// <summary>Cases worked out by hand from the definitions of the schemes.</summary>
public class TagSetTests
{
    private static readonly TagSet All =
        new(["O", .. from type in new[] { "PER", "LOC" } from prefix in "BIESLU" select $"{prefix}-{type}"]);

    [Theory]
    [InlineData("B-PER I-PER O B-LOC B-LOC I-LOC", "Iob2")]
    [InlineData("I-PER I-PER O I-LOC B-LOC I-LOC", "Iob1")]
    [InlineData("I-PER E-PER O E-LOC I-LOC E-LOC", "Ioe2")]
    [InlineData("I-PER I-PER O E-LOC I-LOC I-LOC", "Ioe1")]
    [InlineData("B-PER E-PER O S-LOC B-LOC E-LOC", "Iobes")]
    [InlineData("B-PER L-PER O U-LOC B-LOC L-LOC", "Bilou")]
    public void The_scheme_of_labels_is_found_and_gives_them_back(string tags, string scheme)
    {
        // One fault among many right tags does not matter.
        Assert.Equal(scheme, All.SchemeOf([Labels(tags), Labels(tags), Labels("O I-LOC O")]).ToString());
        TagScheme found = Enum.Parse<TagScheme>(scheme);
        Assert.Equal(tags, Write(All, tags, found));
        Assert.Equal("PER 0-2, LOC 3-4, LOC 4-6", Read(tags));
    }

    [Theory]
    [InlineData("Iob2", "O I-PER I-PER O", "O B-PER I-PER O")]
    [InlineData("Iob2", "B-PER I-LOC I-PER", "B-PER B-LOC B-PER")]
    [InlineData("Iob1", "B-PER I-PER O B-PER B-PER", "I-PER I-PER O I-PER B-PER")]
    [InlineData("Iobes", "B-PER O B-PER I-PER O", "S-PER O B-PER E-PER O")]
    [InlineData("Bilou", "I-PER I-PER U-PER L-LOC", "B-PER L-PER U-PER U-LOC")]
    [InlineData("Bilou", "B-PER B-PER L-PER I-PER", "U-PER B-PER L-PER U-PER")]
    public void Faults_are_repaired_and_the_entities_stay(string scheme, string tags, string repaired)
    {
        Assert.Equal(repaired, Write(All, tags, Enum.Parse<TagScheme>(scheme)));
        Assert.Equal(Read(tags), Read(repaired));
    }

    [Fact]
    public void Types_without_a_prefix_are_runs_and_a_tag_that_is_no_label_is_not_written()
    {
        var types = new TagSet(["PERSON", "CITY"]);
        Assert.Equal(["PERSON", "CITY", "O"], types.Names);
        Assert.Equal(2, types.Outside);
        Assert.Equal(TagScheme.Io, types.SchemeOf([[0, 0, 2, 1]]));
        Assert.Equal([0, 0, 2, 1], types.Write([0, 0, 2, 1], TagScheme.Iob2));
        Assert.Equal([new("PERSON", 0, 2), new("CITY", 3, 4)], types.Read([0, 0, 2, 1]));
    }

    [Fact]
    public void A_label_that_means_outside_is_found_under_each_of_its_names()
    {
        Assert.Equal(1, new TagSet(["B-A", "O", "I-A"]).Outside);
        Assert.Equal(2, new TagSet(["PERSON", "CITY", "0"]).Outside);
        Assert.Equal(0, new TagSet(["", "CITY"]).Outside);
    }

    private static string Read(string tags) =>
        string.Join(", ", All.Read(Labels(tags)).Select(entity => $"{entity.Type} {entity.Start}-{entity.End}"));

    private static string Write(TagSet set, string tags, TagScheme scheme) =>
        string.Join(' ', set.Write(Labels(tags), scheme).Select(label => set.Names[label]));

    private static int[] Labels(string tags) => [.. tags.Split(' ').Select(tag => All.Names.ToList().IndexOf(tag))];
}
